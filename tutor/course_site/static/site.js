"use strict";
// The lessons' menu on narrow screens, light and dark, and the search.

const root = document.body.dataset.root;

const menu = document.getElementById("menu");
const lessons = document.getElementById("lessons");
menu.addEventListener("click", () => {
  menu.setAttribute("aria-expanded", String(lessons.classList.toggle("open")));
});
const here = lessons.querySelector("[aria-current]");
if (here) lessons.scrollTop = here.offsetTop - lessons.clientHeight / 2; // not scrollIntoView: it moves the page too

document.getElementById("theme").addEventListener("click", () => {
  const theme = document.documentElement.dataset.theme === "dark" ? "light" : "dark";
  document.documentElement.dataset.theme = theme;
  try { localStorage.setItem("theme", theme); } catch { /* pages on the disk may have no storage */ }
});

const field = document.getElementById("search");
const found = document.getElementById("found");
let loading = null;
let chosen = -1;

/** The index is large, so it comes with the first use of the search. */
function load() {
  loading ??= new Promise((done, failed) => {
    const script = document.createElement("script");
    script.src = `${root}search-index.js`;
    script.onload = () => done(SEARCH_INDEX.map(prepared));
    script.onerror = failed;
    document.head.append(script);
  });
  return loading;
}

/** Words in lower case with single spaces around them, so that " rate" does not find "separately". */
const folded = (text) => ` ${text.normalize("NFKC").toLowerCase().replace(/[^\p{L}\p{N}]+/gu, " ")} `;
const prepared = (entry) => ({
  ...entry, foldedTitle: folded(entry.title), foldedAsks: folded(entry.asks), foldedText: folded(entry.text),
});

/** Words of what was typed; Japanese has no spaces, so runs of its letters are cut into pairs. */
function terms(query) {
  const words = folded(query).match(/[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}ー]+|[^\s\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}ー]+/gu) ?? [];
  const all = words.flatMap((word) => {
    if (!JAPANESE.test(word)) return [` ${word}`];
    return word.length <= 2 ? [word] : Array.from({ length: word.length - 1 }, (_, i) => word.slice(i, i + 2));
  });
  const kept = all.filter((word) => !STOP.has(word.trim()));
  return [...new Set(kept.length ? kept : all)];
}
const JAPANESE = /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}]/u;
const STOP = new Set("a an and are as at be by do does for from how i if in is it its me my of on or the that this to was what when where which who why with you です ます とは なに".split(" "));

function count(text, term) {
  let n = 0;
  for (let at = text.indexOf(term); at >= 0 && n < 8; at = text.indexOf(term, at + term.length)) n++;
  return n;
}

/** Rare words count for more; a word in the title for more than one in the text. */
function search(entries, query) {
  const words = terms(query);
  if (!words.length) return [];
  const weights = words.map((word) => {
    const holding = entries.filter((e) => e.foldedText.includes(word) || e.foldedTitle.includes(word)).length;
    return Math.log(1 + entries.length / (1 + holding));
  });
  const scored = [];
  for (const entry of entries) {
    let score = 0, held = 0;
    words.forEach((word, i) => {
      const n = count(entry.foldedText, word);
      const part = 3 * entry.foldedTitle.includes(word) + 1.5 * entry.foldedAsks.includes(word) + n / (n + 1.5);
      if (part > 0) held++;
      score += weights[i] * part;
    });
    const whole = words.length > 1 && [entry.foldedTitle, entry.foldedText].some((text) => text.includes(words.join("")));
    if (held) scored.push([score * (held / words.length) ** 2 * (whole ? 1.5 : 1), entry]);
  }
  return scored.sort((a, b) => b[0] - a[0]).slice(0, 12).map(([, entry]) => entry);
}

function excerpt(entry, words) {
  const escaped = words.map((word) => word.trim().replace(/[.*+?^${}()|[\]\\]/g, "\\$&"));
  const pattern = new RegExp(`((?<![\\p{Script=Latin}\\p{N}])(?:${escaped.join("|")}))`, "giu");
  const start = Math.max(0, entry.text.search(pattern) - 50);
  const text = (start ? "…" : "") + entry.text.slice(start, start + 180) + (entry.text.length > start + 180 ? "…" : "");
  const node = document.createElement("small");
  text.split(pattern).forEach((piece, i) => {
    const part = i % 2 ? document.createElement("mark") : document.createTextNode(piece);
    if (i % 2) part.textContent = piece;
    node.append(part);
  });
  return node;
}

async function show() {
  const query = field.value;
  if (!query.trim()) return hide();
  let entries;
  try { entries = await load(); } catch { return say("The search index could not be read: search-index.js is missing."); }
  if (query !== field.value) return; // typed on while the index came
  const words = terms(query);
  const results = search(entries, query);
  if (!results.length) return say(`Nothing in the course has “${query.trim()}”.`);
  chosen = 0;
  found.replaceChildren(...results.map((entry, i) => {
    const item = document.createElement("li");
    item.setAttribute("role", "option");
    item.id = `found-${i}`;
    const link = document.createElement("a");
    link.href = root + entry.address;
    link.tabIndex = -1;
    const title = document.createElement("b");
    title.textContent = entry.title;
    link.append(title, excerpt(entry, words));
    item.append(link);
    return item;
  }));
  open();
  mark();
}

function say(words) {
  const item = document.createElement("li");
  item.className = "none";
  item.textContent = words;
  found.replaceChildren(item);
  chosen = -1;
  open();
}

function open() { found.hidden = false; field.setAttribute("aria-expanded", "true"); }
function hide() { found.hidden = true; chosen = -1; field.setAttribute("aria-expanded", "false"); }

function mark() {
  [...found.children].forEach((item, i) => item.setAttribute("aria-selected", String(i === chosen)));
  if (chosen >= 0) {
    field.setAttribute("aria-activedescendant", `found-${chosen}`);
    const item = found.children[chosen];
    found.scrollTop = Math.min(item.offsetTop, Math.max(found.scrollTop, item.offsetTop + item.offsetHeight - found.clientHeight));
  }
}

field.addEventListener("input", show);
field.addEventListener("focus", () => { load().catch(() => {}); if (field.value) show(); });
field.addEventListener("keydown", (event) => {
  const links = found.hidden ? [] : [...found.querySelectorAll("a")];
  if (event.key === "Escape") { hide(); field.blur(); }
  else if (event.key === "Enter" && links[chosen]) { event.preventDefault(); location.href = links[chosen].href; hide(); }
  else if ((event.key === "ArrowDown" || event.key === "ArrowUp") && links.length) {
    event.preventDefault();
    chosen = (chosen + (event.key === "ArrowDown" ? 1 : links.length - 1)) % links.length;
    mark();
  }
});
document.addEventListener("click", (event) => { if (!event.target.closest(".search")) hide(); });
document.addEventListener("keydown", (event) => {
  if (event.key === "/" && !/^(INPUT|TEXTAREA)$/.test(document.activeElement.tagName)) {
    event.preventDefault();
    field.focus();
    field.select();
  }
});

// A search can be linked to: index.html?q=words
const asked = new URLSearchParams(location.search).get("q");
if (asked) { field.value = asked; show(); }
