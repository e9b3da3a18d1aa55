// The chat's dialogs, in the browser's own <dialog>: rename, share, confirm. Words come from the
// button that opens one; focus goes back to it.
window.dialogs = (() => {
  function element(name, text, more = {}) {
    const made = Object.assign(document.createElement(name), more);
    if (text) made.textContent = text;
    return made;
  }

  // A dialog with a title, parts, and buttons; `act` may throw, which is told in it.
  function open(title, parts, buttons, failed) {
    const dialog = element("dialog", "", { className: "dialog" });
    const heading = element("h2", title, { id: "dialog-title" });
    const wrong = element("p", "", { className: "status failed" });
    wrong.setAttribute("role", "alert");
    wrong.hidden = true;
    dialog.setAttribute("aria-labelledby", heading.id);
    const row = element("div", "", { className: "row" });
    for (const [label, act, kind] of buttons) {
      const button = element("button", label, { type: "button", className: kind || "" });
      button.addEventListener("click", async () => {
        if (!act) return dialog.close();
        button.disabled = true;
        try { await act(dialog); } catch { wrong.textContent = failed; wrong.hidden = false; }
        button.disabled = false;
      });
      row.append(button);
    }
    dialog.append(heading, ...parts, wrong, row);
    dialog.addEventListener("close", () => dialog.remove());
    document.body.append(dialog);
    dialog.showModal();
    return dialog;
  }

  return {
    confirm(button, act) {
      const { ask, ok, cancel, failed } = button.dataset;
      open(ask, [], [[ok, act, "danger"], [cancel]], failed);
    },

    rename(button, call) {
      const { ask, value, ok, cancel, failed, id } = button.dataset;
      const box = element("input", "", { type: "text", value, maxLength: 200, dir: "auto" });
      box.setAttribute("aria-labelledby", "dialog-title");
      const save = async () => {
        const title = box.value.trim();
        if (!title) return box.focus();
        await call(`v1/conversations/${id}`, "PATCH", { title });
        location.reload();
      };
      const dialog = open(ask, [box], [[ok, save, "main"], [cancel]], failed);
      box.addEventListener("keydown", (event) => { if (event.key === "Enter") dialog.querySelector(".main").click(); });
      box.focus();
      box.select();
    },

    share(button, say) {
      const words = button.dataset;
      const path = `v1/conversations/${words.id}/share`;
      const box = element("input", "", { type: "text", readOnly: true, dir: "ltr" });
      const label = element("label", words.link, { hidden: true });
      const told = element("p", "", { className: "quiet" });
      label.append(box);
      const make = async () => {
        const answer = await fetch(path, { method: "POST" });
        if (!answer.ok) throw new Error(String(answer.status));
        box.value = new URL((await answer.json()).path, location.href).href;
        label.hidden = false;
        copier().hidden = false;
        told.textContent = "";
        box.focus();
        box.select();
      };
      const copy = async () => {
        await navigator.clipboard.writeText(box.value);
        told.textContent = words.copied;
        say(words.copied);
      };
      const revoke = async () => {
        const answer = await fetch(path, { method: "DELETE" });
        if (!answer.ok) throw new Error(String(answer.status));
        box.value = "";
        label.hidden = true;
        copier().hidden = true;
        told.textContent = words.revoked;
        say(words.revoked);
      };
      const dialog = open(words.title, [element("p", words.ask), label, told], [
        [words.ok, make, "main"], [words.copy, copy, "copy"], [words.revoke, revoke, "danger"], [words.cancel],
      ], words.failed);
      const copier = () => dialog.querySelector(".copy");
      copier().hidden = true; // there is no link yet
    },
  };
})();
