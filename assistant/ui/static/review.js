// The review pages: what somebody writes is kept at once, and nothing is lost when the line is.
//   <form data-save="PUT path">   is sent as JSON a moment after each change; until the server has it, the browser keeps it
//   <form data-give="path">       sends its file or text as evidence, then draws the page again
//   <form data-invite="path">     makes an invitation and shows its link once
// It talks to this server only.
(() => {
  const root = document.body.dataset.root;
  const words = document.body.querySelector("[data-saved]")?.dataset || {};
  const waiting = new Map();

  function fields(form) {
    const sent = {};
    for (const field of form.elements) {
      if (!field.name || field.type === "submit") continue;
      if (field.type === "radio") { if (field.checked) sent[field.name] = field.value; }
      else if (field.type === "checkbox") sent[field.name] = field.checked;
      else if (field.dataset.kind === "number") sent[field.name] = field.value === "" ? null : Number(field.value);
      else sent[field.name] = field.value;
    }
    return sent;
  }

  function tell(form, text, kind) {
    const place = form.querySelector(".saved");
    if (!place) return;
    place.className = `saved ${kind}`;
    place.textContent = text;
  }

  // How far the person has come, beside the questions all the way down.
  function progress() {
    const bar = document.getElementById("answered");
    if (!bar) return;
    bar.value = [...document.querySelectorAll("[data-answered] textarea")].filter((box) => box.value.trim()).length;
    const told = document.querySelector("label[for=answered]");
    told.textContent = told.dataset.text.replace("#", bar.value);
  }
  document.addEventListener("input", progress);

  const slot = (form) => `advisor-review:${form.dataset.save}`;
  function keep(form) { try { localStorage.setItem(slot(form), JSON.stringify(fields(form))); } catch { /* no room: the page still holds it */ } }
  function drop(form) { try { localStorage.removeItem(slot(form)); } catch { /* nothing was kept */ } }

  // One request of a form at a time: a later one must never be overtaken by an earlier one.
  const under = new Map();
  async function save(form, leaving) {
    clearTimeout(waiting.get(form));
    waiting.delete(form);
    if (under.has(form) && !leaving) { under.set(form, true); return; }
    under.set(form, false);
    await send(form, leaving);
    const again = under.get(form);
    under.delete(form);
    if (again) save(form);
  }

  async function send(form, leaving) {
    const [method, path] = form.dataset.save.split(" ");
    const sent = JSON.stringify(fields(form));
    tell(form, words.saving, "");
    try {
      const answer = await fetch(root + path, { method, keepalive: Boolean(leaving), headers: { "Content-Type": "application/json", Accept: "application/json" }, body: sent });
      if (answer.ok) {
        if (sent === JSON.stringify(fields(form))) { drop(form); tell(form, `✓ ${words.saved}`, "good"); }
        form.closest("[data-answered]")?.toggleAttribute("data-done", Boolean(JSON.parse(sent).text));
        return;
      }
      const told = await answer.json().catch(() => ({}));
      tell(form, `✕ ${told.message || words.unsaved}`, "bad");
      if (answer.status < 500 && answer.status !== 429) return;
    } catch { tell(form, `✕ ${words.unsaved}`, "bad"); }
    if (!leaving) waiting.set(form, setTimeout(() => save(form), 5000));
  }

  function later(form) {
    keep(form);
    tell(form, words.saving, "");
    clearTimeout(waiting.get(form));
    waiting.set(form, setTimeout(() => save(form), 700));
  }

  document.querySelectorAll("form[data-save]").forEach((form) => {
    // What the browser kept and the server never got: put it back and send it.
    let kept = null;
    try { kept = JSON.parse(localStorage.getItem(slot(form)) || "null"); } catch { kept = null; }
    if (kept && JSON.stringify(kept) !== JSON.stringify(fields(form))) {
      for (const field of form.elements) {
        if (!(field.name in kept)) continue;
        if (field.type === "radio") field.checked = field.value === kept[field.name];
        else if (field.type === "checkbox") field.checked = kept[field.name];
        else field.value = kept[field.name] ?? "";
      }
      save(form);
    }
    form.addEventListener("input", () => later(form));
    form.addEventListener("change", () => { keep(form); save(form); });
    form.addEventListener("submit", (event) => { event.preventDefault(); save(form); });
  });
  addEventListener("pagehide", () => { for (const form of [...waiting.keys()]) save(form, true); });
  addEventListener("online", () => { for (const form of [...waiting.keys()]) save(form); });

  function wrong(form, text) {
    let place = form.querySelector(".wrong");
    if (!place) { place = document.createElement("p"); place.className = "wrong"; place.setAttribute("role", "alert"); form.append(place); }
    place.dir = "auto";
    place.textContent = text;
  }

  document.addEventListener("submit", async (event) => {
    const form = event.target;
    if (form.dataset.give === undefined && form.dataset.invite === undefined) return;
    event.preventDefault();
    const button = event.submitter;
    if (button) button.disabled = true;
    try {
      const giving = form.dataset.give !== undefined;
      const answer = await fetch(root + (giving ? form.dataset.give : form.dataset.invite), {
        method: "POST", headers: { Accept: "application/json" }, body: giving ? new FormData(form) : undefined,
      });
      const told = await answer.json().catch(() => ({}));
      if (!answer.ok) return wrong(form, told.message || words.unsaved);
      if (giving && form.dataset.then) { location.href = root + form.dataset.then.replace("{id}", encodeURIComponent(told.id)); return; }
      if (giving) return location.reload();
      const shown = document.getElementById("invitation");
      shown.querySelector("[data-link]").textContent = location.origin + told.path;
      shown.querySelector("[data-who]").textContent = form.dataset.who;
      shown.showModal();
    } catch { wrong(form, words.unsaved); } finally { if (button) button.disabled = false; }
  });
  document.getElementById("invitation")?.addEventListener("close", () => location.reload());
})();
