// Pages are plain HTML; this adds, by attributes, what HTML alone cannot do:
//   <form data-api="POST v1/path/{field}" [data-goes="page"] [data-shows="#id"]>  sends its fields as JSON, then reloads
//   <form data-upload="v1/path">   sends its files one by one with a progress bar each
//   <button data-open="id">        opens <dialog id="id">, filling its [data-fill=name] from data-name
//   <button data-copies="text">    puts the text on the clipboard and says [data-done]
//   <button data-close>            closes the dialog it stands in
//   <div data-poll="page" [data-every=ms]>  is drawn again while it holds a [data-busy]
//       [data-refresh="#id"]       and when that ends, the part of the page that it changed is fetched
//   <input data-filter="selector">  hides what does not hold its words
// It talks to this server only.
(() => {
  const $ = (selector, root = document) => root.querySelector(selector);
  const $$ = (selector, root = document) => [...root.querySelectorAll(selector)];
  const root = document.body.dataset.root;

  function say(text) {
    const live = $("#live");
    live.textContent = "";
    setTimeout(() => { live.textContent = text; }, 50);
  }

  // Fields as JSON: numbers and lists where the form says so, empty optional ones left out.
  function body(form) {
    const sent = {};
    for (const field of form.elements) {
      if (!field.name || field.disabled || field.type === "submit") continue;
      const kind = field.dataset.kind;
      if (field.type === "checkbox" && kind === "list") {
        sent[field.name] ??= [];
        if (field.checked) sent[field.name].push(field.value);
      } else if (field.type === "checkbox") sent[field.name] = field.checked;
      else if (field.type === "radio") { if (field.checked) sent[field.name] = kind === "bool" ? field.value === "true" : field.value; }
      else if (kind === "list") sent[field.name] = field.value.split(/[\s,]+/).filter(Boolean);
      else if (kind === "number") { if (field.value !== "") sent[field.name] = Number(field.value); else if (field.dataset.empty === "null") sent[field.name] = null; }
      else if (field.value !== "" || field.dataset.empty === "keep") sent[field.name] = field.value;
    }
    return sent;
  }

  async function problem(answer) {
    try { return (await answer.json()).message || String(answer.status); } catch { return String(answer.status); }
  }

  function wrong(form, text) {
    let place = $(".wrong", form);
    if (!place) {
      place = document.createElement("p");
      place.className = "wrong";
      place.setAttribute("role", "alert");
      form.append(place);
    }
    place.textContent = text;
    place.dir = "auto";
  }

  async function send(form, button) {
    const [method, template] = form.dataset.api.split(" ");
    const sent = body(form);
    const path = template.replace(/\{(\w+)\}/g, (_, name) => {
      const value = sent[name];
      delete sent[name];
      return encodeURIComponent(value);
    });
    const empty = method === "DELETE" && !Object.keys(sent).length;
    if (button) button.disabled = true;
    try {
      const answer = await fetch(root + path, {
        method,
        headers: { "Content-Type": "application/json", Accept: "application/json" },
        body: empty ? undefined : JSON.stringify(sent),
      });
      if (!answer.ok) return wrong(form, await problem(answer));
      const told = answer.status === 204 ? {} : await answer.json().catch(() => ({}));
      if (form.dataset.shows) {
        // Shown once (a new key): the page stays until the person goes on.
        const shown = $(form.dataset.shows);
        $$("[data-value]", shown).forEach((part) => { part.textContent = told[part.dataset.value] ?? ""; });
        form.hidden = true;
        shown.hidden = false;
        shown.focus();
        return;
      }
      if (form.dataset.goes) location.href = root + form.dataset.goes.replace(/\{(\w+)\}/g, (_, name) => encodeURIComponent(told[name] ?? sent[name] ?? ""));
      else location.reload();
    } catch { wrong(form, document.body.dataset.failed); } finally { if (button) button.disabled = false; }
  }

  function upload(form) {
    const files = [...$("input[type=file]", form).files];
    const list = $(".uploads", form);
    const url = $("[name=url]", form)?.value.trim();
    const next = () => {
      const file = files.shift();
      if (!file) { form.reset(); return poll(true); }
      const line = document.createElement("li");
      const name = document.createElement("bdi");
      name.textContent = file.name;
      const bar = document.createElement("progress");
      bar.max = 1; bar.value = 0;
      bar.setAttribute("aria-label", file.name);
      line.append(name, bar);
      list.append(line);
      const sent = new FormData();
      sent.append("file", file);
      if (url) sent.append("url", url);
      const request = new XMLHttpRequest();
      request.open("POST", root + form.dataset.upload);
      request.upload.addEventListener("progress", (e) => { if (e.lengthComputable) bar.value = e.loaded / e.total; });
      request.addEventListener("loadend", () => {
        if (request.status >= 200 && request.status < 300) line.remove();
        else {
          let told = form.dataset.failed || document.body.dataset.failed;
          try { told = JSON.parse(request.responseText).message; } catch { /* the server said nothing readable */ }
          bar.remove();
          const text = document.createElement("span");
          text.className = "bad";
          text.dir = "auto";
          text.textContent = ` ✕ ${told}`;
          line.append(text);
          say(`${file.name}: ${told}`);
        }
        poll(true);
        next();
      });
      request.send(sent);
    };
    next();
  }

  async function refresh(selector) {
    const answer = await fetch(location.href, { headers: { Accept: "text/html" } });
    if (!answer.ok) return;
    const fresh = $(selector, new DOMParser().parseFromString(await answer.text(), "text/html"));
    const old = $(selector);
    if (fresh && old && !old.contains(document.activeElement)) old.replaceWith(fresh);
  }

  let timer = 0;
  async function poll(now) {
    clearTimeout(timer);
    const parts = $$("[data-poll]");
    if (!parts.length) return;
    for (const part of parts) {
      if (!now && !$("[data-busy]", part)) continue;
      if (part.contains(document.activeElement) && document.activeElement.matches("input, select, textarea")) continue;
      if ($("dialog[open]", part)) continue;
      try {
        const answer = await fetch(root + part.dataset.poll, { headers: { Accept: "text/html" } });
        if (!answer.ok) continue;
        const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
        const held = part.contains(document.activeElement) ? document.activeElement.id : "";
        const told = $("[data-tell]", fresh)?.dataset.tell || "";
        if (told && told !== part.dataset.told) say(told);
        part.dataset.told = told;
        const ended = $("[data-busy]", part) && !$("[data-busy]", fresh);
        part.replaceChildren(...fresh.body.childNodes);
        if (held) document.getElementById(held)?.focus();
        if (ended && part.dataset.refresh) await refresh(part.dataset.refresh);
      } catch { /* the next round may do better */ }
    }
    if (parts.some((part) => $("[data-busy]", part))) timer = setTimeout(poll, Number(parts[0].dataset.every || 1000));
  }

  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (form.dataset.api) { event.preventDefault(); send(form, event.submitter); }
    else if (form.dataset.upload) { event.preventDefault(); upload(form); }
  });

  document.addEventListener("click", (event) => {
    const opener = event.target.closest("[data-open]");
    if (opener) {
      const dialog = document.getElementById(opener.dataset.open);
      $$("[data-fill]", dialog).forEach((part) => {
        const value = opener.dataset[part.dataset.fill] ?? "";
        if ("value" in part) part.value = value; else part.textContent = value;
      });
      const told = $(".wrong", dialog);
      if (told) told.textContent = "";
      dialog.showModal();
      return;
    }
    const closer = event.target.closest("[data-close]");
    if (closer) return closer.closest("dialog").close();
    const copier = event.target.closest("[data-copy]");
    if (copier) return navigator.clipboard.writeText($(copier.dataset.copy).textContent).then(() => say(copier.dataset.done || ""));
    const address = event.target.closest("[data-copies]");
    if (address) navigator.clipboard.writeText(address.dataset.copies).then(() => {
      const mark = $("[aria-hidden]", address);
      say(address.dataset.done);
      mark.textContent = "✓"; // for those who see
      setTimeout(() => { mark.textContent = "⧉"; }, 2000);
    });
  });

  document.addEventListener("change", (event) => {
    const language = event.target.closest("[data-change=language]");
    if (language) {
      document.cookie = `advisor_language=${language.value}; path=${root}; max-age=31536000; samesite=lax`;
      const address = new URL(location.href);
      address.searchParams.delete("lang");
      location.href = address.href;
    }
    const sender = event.target.closest("[data-submit]");
    if (sender) sender.form.requestSubmit();
  });

  document.addEventListener("input", (event) => {
    const box = event.target.closest("[data-filter]");
    if (!box) return;
    const wanted = box.value.toLocaleLowerCase().split(/\s+/).filter(Boolean);
    $$(box.dataset.filter).forEach((line) => {
      const text = (line.dataset.search || line.textContent).toLocaleLowerCase();
      line.hidden = !wanted.every((word) => text.includes(word));
    });
  });

  poll(false);
})();
