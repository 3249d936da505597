"use strict";
(() => {
  const one = (selector, root = document) => root.querySelector(selector);
  const all = (selector, root = document) => [...root.querySelectorAll(selector)];
  const files = all("details.file");
  const query = one("#query"), status = one("#status"), kind = one("#kind"), found = one("#found");
  const OPENED_BY_SEARCH = 12;

  // What is searched for: made when it is first asked for.
  const texts = new Map();
  const textOf = (element) => {
    if (!texts.has(element)) texts.set(element, element.textContent.toLowerCase());
    return texts.get(element);
  };
  const has = (element, words) => words.every((word) => textOf(element).includes(word));

  const chosen = (file) =>
    (!status.value || (status.value === "review" ? file.dataset.review === "yes" : file.dataset.status === status.value)) &&
    (!kind.value || file.dataset.kinds.split(" ").includes(kind.value));

  const showRows = (file, words) => {
    const rows = all(".values tbody tr", file);
    const hits = words.length ? rows.filter((row) => has(row, words)) : rows;
    const shown = new Set(hits.length ? hits : rows);
    for (const row of rows) row.hidden = !shown.has(row);
  };

  const filter = () => {
    const words = query.value.toLowerCase().split(/\s+/).filter(Boolean);
    const shown = files.filter((file) => chosen(file) && has(file, words));
    const visible = new Set(shown);
    for (const file of files) {
      file.hidden = !visible.has(file);
      if (visible.has(file)) showRows(file, words);
    }
    if (words.length && shown.length <= OPENED_BY_SEARCH) for (const file of shown) file.open = true;
    found.textContent = `${shown.length} of ${files.length} files`;
  };

  const show = (link) => {
    const mark = document.getElementById(link.hash.slice(1));
    if (!mark) return;
    for (const other of all(".here")) other.classList.remove("here");
    mark.classList.add("here");
    link.closest("tr")?.classList.add("here");
    const pane = mark.closest(".pages"), frame = pane.getBoundingClientRect(), box = mark.getBoundingClientRect();
    pane.scrollBy(0, box.top - frame.top - frame.height / 3);
  };

  const reveal = () => {
    const id = decodeURIComponent(location.hash.slice(1));
    // A place that is not pictured is at least in its file.
    const target = document.getElementById(id) || document.getElementById(id.replace(/^p(\d+)-.*/, "file-$1"));
    const file = target && target.closest("details");
    if (!file) return;
    file.hidden = false;
    file.open = true;
    (target === file ? one("summary", file) : one(`a.place[href="#${target.id}"]`, file))?.focus();
    if (target === file) file.scrollIntoView();
  };

  const step = (link, by) => {
    const links = all("a.place", link.closest("table")).filter((item) => item.offsetParent);
    links[links.indexOf(link) + by]?.focus();
  };

  one(".tools").hidden = false;
  for (const control of [query, status, kind]) control.addEventListener("input", filter);
  one("#open-all").addEventListener("click", () => { for (const file of files) if (!file.hidden) file.open = true; });
  one("#close-all").addEventListener("click", () => { for (const file of files) file.open = false; });
  document.addEventListener("focusin", (event) => { if (event.target.matches("a.place")) show(event.target); });
  document.addEventListener("click", (event) => {
    const link = event.target.closest("a.place"), mark = event.target.closest("rect");
    if (link) { event.preventDefault(); link.focus({ preventScroll: true }); show(link); }
    if (mark) one(`a.place[href="#${mark.id}"]`)?.focus();
  });
  document.addEventListener("keydown", (event) => {
    const typing = event.target.matches("input, select");
    if (event.key === "/" && !typing) { event.preventDefault(); query.focus(); }
    if (event.key === "Escape" && event.target === query) { query.value = ""; filter(); }
    if (event.target.matches(".values a.place") && (event.key === "ArrowDown" || event.key === "ArrowUp")) {
      event.preventDefault();
      step(event.target, event.key === "ArrowDown" ? 1 : -1);
    }
  });
  addEventListener("hashchange", reveal);
  filter();
  reveal();
})();
