// What HTML alone cannot do: pass clicks on to Gradio's events, open a source, give feedback,
// keep the address bar, the direction and the live region in step. Talks to this server only.
(() => {
  const $ = (selector, root = document) => root.querySelector(selector);
  const $$ = (selector, root = document) => [...root.querySelectorAll(selector)];
  let openWhenDrawn = "";
  let cameFrom = null; // the mark [1] that was followed, and how far down the page it stood

  const live = document.createElement("div");
  live.className = "hidden";
  live.id = "live";
  live.setAttribute("role", "status");
  live.setAttribute("aria-live", "polite");

  function say(text) {
    if (!text) return;
    live.textContent = "";
    setTimeout(() => { live.textContent = text; }, 50);
  }

  function view(name, keepHash) {
    document.body.dataset.view = name;
    $$("[data-view]").forEach((link) => {
      if (link === document.body) return;
      if (link.dataset.view === name) link.setAttribute("aria-current", "page");
      else link.removeAttribute("aria-current");
    });
    if (!keepHash) history.replaceState(null, "", location.pathname + location.search + "#" + name);
  }

  function askFor(text) {
    const box = $("#question textarea");
    if (!box) return;
    view("ask");
    write(box, text);
    setTimeout(() => $("#send")?.click(), 60);
  }

  function write(box, text) {
    box.value = text;
    box.dispatchEvent(new Event("input", { bubbles: true }));
  }

  // The newest answer is kept in view, from its first line, until the reader moves the page.
  let following = false, known = 0;
  function asked() {
    known = $$(".turn").length;
    following = true;
  }
  function follow() {
    const turns = $$(".turn");
    if (!following || turns.length <= known) return;
    turns.at(-1).scrollIntoView({ block: "start", behavior: "instant" });
    if (!$(".turns").dataset.busy) following = false;
  }
  for (const moved of ["wheel", "touchmove"]) {
    document.addEventListener(moved, () => { following = false; }, { passive: true });
  }
  document.addEventListener("keydown", (event) => {
    if (/^(Page|Arrow|Home|End)/.test(event.key) && !event.target.closest("textarea, input")) following = false;
    if (event.key === "Enter" && !event.shiftKey && event.target.closest("#question")) asked();
    if (event.key === "Escape") forget();
  }, true);
  document.addEventListener("click", (event) => { if (event.target.closest("#send")) asked(); }, true);

  // Hover or focus on [1] shows the clause; Escape, leaving or following the mark ends it.
  const preview = document.createElement("div");
  preview.id = "preview";
  preview.setAttribute("role", "tooltip");
  preview.hidden = true;
  let previewed = null, leaving = 0;
  function show(cite) {
    clearTimeout(leaving);
    if (cite === previewed) return;
    const source = document.getElementById(cite.dataset.source);
    if (!source || matchMedia("(hover: none)").matches) return;
    forget();
    previewed = cite;
    preview.replaceChildren(...[$("h3", source), $("blockquote", source)].filter(Boolean).map((part) => {
      const copy = part.cloneNode(true);
      copy.removeAttribute("id");
      if (copy.matches("h3")) copy.setAttribute("role", "presentation");
      return copy;
    }));
    preview.dir = $("aside.sources")?.dir || "";
    ($("main") || document.body).append(preview); // in a landmark, and again if the page was drawn anew
    preview.hidden = false;
    cite.setAttribute("aria-describedby", "preview");
    const at = cite.getBoundingClientRect(), size = preview.getBoundingClientRect();
    const below = at.bottom + 6 + size.height < innerHeight || at.top < size.height + 6;
    preview.style.top = `${below ? at.bottom + 6 : at.top - size.height - 6}px`;
    preview.style.left = `${Math.max(8, Math.min(at.left, innerWidth - size.width - 8))}px`;
  }
  function forget() {
    clearTimeout(leaving);
    previewed?.removeAttribute("aria-describedby");
    previewed = null;
    preview.hidden = true;
  }
  const leave = () => { clearTimeout(leaving); leaving = setTimeout(forget, 250); };
  for (const on of ["mouseover", "focusin"]) {
    document.addEventListener(on, (event) => {
      const cite = event.target.closest?.("a.cite");
      if (cite) show(cite);
      else if (event.target.closest?.("#preview")) clearTimeout(leaving);
      else if (previewed) leave();
    });
  }
  document.addEventListener("scroll", () => { if (previewed) forget(); }, { passive: true });

  // Back to the mark in the answer that led to a source or to a whole document.
  function toAnswer() {
    view("ask");
    delete document.body.dataset.from;
    const mark = cameFrom && ($(`a.cite[data-source="${cameFrom.source}"]`) || null);
    if (cameFrom) scrollTo({ top: cameFrom.top, behavior: "instant" });
    mark?.scrollIntoView({ block: "nearest" });
    mark?.focus({ preventScroll: true });
  }
  addEventListener("popstate", () => {
    if (location.hash === "#reading" && $(".document")) view("reading", true);
    else if (document.body.dataset.from) toAnswer();
    else view("ask", true);
  });

  function openSource(id) {
    const source = document.getElementById(id);
    if (!source) return;
    const turn = source.closest(".of-turn");
    $$(".of-turn").forEach((other) => { other.hidden = other !== turn; });
    $$(".source.chosen").forEach((other) => other.classList.remove("chosen"));
    source.classList.add("chosen");
    source.scrollIntoView({ block: "nearest", behavior: calm() ? "auto" : "smooth" });
    source.focus({ preventScroll: true });
  }

  function forgetConversation() {
    const address = new URL(location.href);
    address.searchParams.delete("c");
    history.replaceState(null, "", address);
  }

  const calm = () => matchMedia("(prefers-reduced-motion: reduce)").matches;

  window.advisor = {
    act(button, trigger) {
      const { act, id, address, text } = button.dataset;
      if (act === "ask") return askFor(text || button.textContent.trim());
      if (act === "new" || act === "open") {
        view("ask");
        if (act === "new") forgetConversation();
        return trigger("select", { act, id: id || "" });
      }
      if (act === "read") {
        if (document.body.dataset.view === "ask") {
          const source = button.closest(".source")?.id || cameFrom?.source;
          if (!cameFrom || cameFrom.source !== source) cameFrom = { source, top: scrollY };
          document.body.dataset.from = "ask";
          history.pushState(null, "", location.href); // so that the browser's own way back leads there too
        }
        view("reading");
        openWhenDrawn = act;
        return trigger("select", { act, id: id || "", address: address || "" });
      }
    },
  };

  async function call(path, method, body) {
    const answer = await fetch(path, {
      method,
      headers: body ? { "Content-Type": "application/json" } : {},
      body: body ? JSON.stringify(body) : undefined,
    });
    if (!answer.ok) throw new Error(String(answer.status));
  }

  async function told(element, work) {
    try { await work(); note(element, element.dataset.thanks); return true; }
    catch { note(element, element.dataset.failed); return false; }
  }

  function note(element, text) {
    const actions = element.closest(".actions");
    let place = $(".told", actions);
    if (!place) { place = document.createElement("span"); place.className = "told"; actions.append(place); }
    place.textContent = text;
    say(text);
  }

  const turnPath = (element) => `v1/turns/${element.closest(".actions").dataset.turn}/feedback`;

  const calls = {
    helpful(button) {
      told(button, () => call(turnPath(button), "POST", { helpful: true }))
        .then((done) => done && button.setAttribute("aria-pressed", "true"));
    },
    unhelpful(button) {
      const form = $(".correction", button.closest(".actions"));
      form.hidden = false;
      button.setAttribute("aria-expanded", "true");
      $("textarea", form).focus();
    },
    cancel(button) {
      const actions = button.closest(".actions");
      $(".correction", actions).hidden = true;
      const opener = $("[data-call=unhelpful]", actions);
      opener.setAttribute("aria-expanded", "false");
      opener.focus();
    },
    answer() { toAnswer(); },
    edit(button) {
      const box = $("#question textarea");
      write(box, button.dataset.text);
      box.focus();
    },
    address(button) {
      const mark = $("[aria-hidden]", button);
      navigator.clipboard.writeText(button.dataset.address).then(() => {
        say(button.dataset.done);
        mark.textContent = "✓"; // for those who see
        setTimeout(() => { mark.textContent = "⧉"; }, 2000);
      });
    },
    copy(button) { told(button, () => navigator.clipboard.writeText(button.dataset.text)); },
    rename(button) { window.dialogs.rename(button, call); },
    share(button) { window.dialogs.share(button, say); },
    delete(button) {
      window.dialogs.confirm(button, async () => {
        await call(`v1/conversations/${button.dataset.id}`, "DELETE");
        forgetConversation();
        location.reload();
      });
    },
  };

  document.addEventListener("click", (event) => {
    const cite = event.target.closest("a[data-source]");
    if (cite) {
      event.preventDefault();
      forget();
      following = false;
      cameFrom = { source: cite.dataset.source, top: scrollY };
      return openSource(cite.dataset.source);
    }
    const link = event.target.closest("a[data-view]");
    if (link) { event.preventDefault(); delete document.body.dataset.from; return view(link.dataset.view); }
    const skip = event.target.closest("a.skip");
    if (skip) { event.preventDefault(); view("ask"); return $("#question textarea")?.focus(); }
    const button = event.target.closest("[data-call]");
    if (button) calls[button.dataset.call]?.(button);
  });

  document.addEventListener("submit", (event) => {
    const form = event.target.closest("form.correction");
    if (!form) return;
    event.preventDefault();
    const comment = $("textarea", form).value.trim();
    told(form, () => call(turnPath(form), "POST", { helpful: false, comment }))
      .then((done) => { if (done) form.hidden = true; });
  });

  // A file sent from here is read and put into the index; then it is what is asked about.
  async function attach(input) {
    const file = input.files[0], words = input.dataset;
    const place = $("[role=status]", input.closest(".attach"));
    const tell = (text) => { place.textContent = text; };
    if (!file) return;
    input.disabled = true;
    tell(words.reading.replace("#", file.name));
    try {
      const sent = new FormData();
      sent.append("file", file);
      const answer = await fetch("v1/jobs", { method: "POST", body: sent });
      const begun = await answer.json();
      if (!answer.ok) throw new Error(begun.message);
      const added = await inTheIndex(begun.id);
      const held = await (await fetch("v1/documents")).json();
      const label = held.find((one) => one.id === added)?.label || added;
      const choice = $("[data-change=document]");
      if (![...choice.options].some((one) => one.value === added)) choice.add(new Option(label, added));
      choice.value = added;
      choice.dispatchEvent(new Event("change", { bubbles: true }));
      tell(words.ready.replace("#", label));
      $("#question textarea").focus();
    } catch (error) { tell(`✕ ${error.message || words.failed}`); }
    input.disabled = false;
    input.value = "";
  }

  async function inTheIndex(id) {
    let still = 0; // between a file that is read and the index that takes it in lies a moment
    for (;;) {
      await new Promise((done) => { setTimeout(done, 700); });
      const { jobs, indexing } = await (await fetch("v1/jobs")).json();
      const job = jobs.find((one) => one.id === id);
      if (!job || job.state === "failed" || job.state === "cancelled") throw new Error(job?.error || "");
      still = job.state === "done" && !indexing.busy ? still + 1 : 0;
      if (still > 1 && indexing.trouble) throw new Error(indexing.trouble);
      if (still > 1) return job.documents[0];
    }
  }

  // What questions are narrowed to is said where the choices are folded away.
  function tellChosen() {
    const place = $(".filters .chosen");
    if (!place) return;
    const said = $$(".filters select").filter((one) => one.value).map((one) => one.selectedOptions[0].text);
    const text = said.length ? `: ${said.join(" · ")}` : "";
    if (place.textContent !== text) place.textContent = text;
    $("#box").dataset.chosen = said.length ? $(".filters summary").textContent.trim() : "";
  }

  document.addEventListener("change", (event) => {
    if (event.target.closest("[data-attach]")) return attach(event.target);
    if (event.target.closest(".filters")) tellChosen();
    const chosen = event.target.closest("[data-change=language]");
    if (!chosen) return;
    const address = new URL(location.href);
    address.searchParams.set("lang", chosen.value); // so that a reload keeps it
    history.replaceState(null, "", address);
    document.cookie = `advisor_language=${chosen.value}; path=${location.pathname}; max-age=31536000; samesite=lax`; // and the other pages
    if (chosen.closest("#first-paint")) location.reload(); // nothing listens yet that could draw it anew
  });

  // Conversations are looked for on the server: in what was asked, not only in titles shown here.
  let looking = 0;
  document.addEventListener("input", (event) => {
    const box = event.target.closest("[data-search]");
    if (!box) return;
    clearTimeout(looking);
    looking = setTimeout(async () => {
      const nav = box.closest(".conversations");
      const list = $("ul", nav);
      $$("li[data-found]", list).forEach((line) => line.remove());
      const answer = await fetch(box.dataset.search + encodeURIComponent(box.value.trim())).catch(() => null);
      if (!answer?.ok) return;
      const found = new Map((await answer.json()).map((one) => [one.id, one.title]));
      $$("li", list).forEach((line) => {
        const id = $(".open", line).dataset.id;
        line.hidden = !found.delete(id);
      });
      for (const [id, title] of box.value.trim() ? found : []) {
        const line = $("li", list).cloneNode(false);
        line.dataset.found = "";
        line.hidden = false;
        const button = document.createElement("button");
        Object.assign(button, { type: "button", className: "open", dir: "auto", textContent: title });
        Object.assign(button.dataset, { act: "open", id });
        line.append(button);
        list.append(line);
      }
      $(".none-found", nav).textContent = $$("li:not([hidden])", list).length ? "" : box.dataset.none;
    }, 250);
  });

  let announced = "";
  function settle() {
    const bar = $("header.bar");
    const page = document.documentElement;
    if (bar && (page.lang !== bar.dataset.language || page.dir !== bar.dataset.direction)) {
      page.lang = bar.dataset.language;
      page.dir = bar.dataset.direction;
      document.title = bar.dataset.title;
    }
    if ($("#header header.bar")) $("#first-paint")?.remove(); // the script's own bar has come
    // The bar is drawn anew with each language: it marks where the reader is.
    if (bar && !$("[data-view][aria-current]", bar)) view(document.body.dataset.view || "ask", true);
    follow();
    tellChosen();
    const turns = $("[data-conversation]");
    const wish = new URL(location.href);
    if (wish.searchParams.has("ask") && $(".conversations") && $("#question textarea")) {
      const text = wish.searchParams.get("ask"); // a page asks about a document: the reader sends it
      wish.searchParams.delete("ask");
      history.replaceState(null, "", wish);
      write($("#question textarea"), text);
      $("#question textarea").focus();
    }
    if (turns) {
      const address = new URL(location.href);
      const current = turns.dataset.conversation;
      const before = address.href;
      if (current) address.searchParams.set("c", current);
      if (address.href !== before) history.replaceState(null, "", address);
      const text = turns.dataset.announce;
      if (text && text !== announced) say(text);
      announced = text;
    }
    if (openWhenDrawn === "read" && $(".document")) {
      openWhenDrawn = "";
      ($(".document .clause.here") || $("#document-title"))?.focus();
      $(".document .clause.here")?.scrollIntoView({ block: "center" });
    }
  }

  let waiting = false;
  const watch = new MutationObserver(() => {
    if (waiting) return;
    waiting = true;
    requestAnimationFrame(() => { waiting = false; settle(); });
  });

  function start() {
    document.body.append(live);
    if (location.hash === "#library") return location.replace("pages/library"); // as links of old have it
    view("ask", true);
    watch.observe(document.body, { childList: true, subtree: true, attributes: true, attributeFilter: ["data-announce", "data-conversation", "data-language"] });
    settle();
  }
  if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", start); else start();
})();
