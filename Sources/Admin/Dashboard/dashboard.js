"use strict";
// The page of gatewayd's admin endpoint: what /events tells each second, drawn. Text is only ever set as text.

const kept = 300; // looks: five minutes of one a second
const history = [];
let last = null;      // the last look, and when it came
let lastAt = 0;
let source = null;
let polling = null;

const $ = (id) => document.getElementById(id);

function element(name, attributes, ...children) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes || {})) made.setAttribute(key, value);
  for (const child of children) if (child !== null) made.append(child);
  return made;
}

function drawing(name, attributes) {
  const made = document.createElementNS("http://www.w3.org/2000/svg", name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  return made;
}

// MARK: Words for numbers

const count = (n) => Math.round(n).toLocaleString("en");
const rate = (n) => n >= 100 ? count(n) : n.toFixed(1);
const ms = (n) => n >= 1000 ? (n / 1000).toFixed(2) + " s" : n >= 10 ? n.toFixed(0) + " ms" : n.toFixed(2) + " ms";
const many = (n, thing) => count(n) + " " + thing + (n === 1 ? "" : "s");
const mebibytes = (n) => (n / 1048576).toFixed(0) + " MiB";

function time(seconds) {
  const s = Math.floor(seconds);
  if (s < 60) return s + " s";
  if (s < 3600) return Math.floor(s / 60) + " min";
  if (s < 86400) return Math.floor(s / 3600) + " h " + Math.floor(s % 3600 / 60) + " min";
  return Math.floor(s / 86400) + " d " + Math.floor(s % 86400 / 3600) + " h";
}

// Of today only the time, in the reader's own zone.
function moment(text) {
  const at = new Date(text);
  const today = at.toDateString() === new Date().toDateString();
  return today ? at.toLocaleTimeString("en-GB") : at.toLocaleString("en-GB");
}

const failures = (failed) =>
  Object.entries(failed).sort((a, b) => b[1] - a[1]).map(([kind, n]) => kind + " " + count(n)).join(", ");

// MARK: Parts of the page

function table(id, columns, rows, none) {
  const head = element("tr", null, ...columns.map((c) => element("th", { scope: "col", class: c.text ? "text" : "" }, c.name)));
  const body = rows.map((row) => element("tr", null, ...columns.map((column) => {
    const value = column.value(row);
    const kind = [column.text ? "text" : "", column.wrap ? "wrap" : "", column.kind ? column.kind(row) : ""].join(" ").trim();
    return element("td", kind ? { class: kind } : null, value === null || value === undefined ? "" : value);
  })));
  if (rows.length === 0) body.push(element("tr", null, element("td", { class: "none", colspan: columns.length }, none)));
  $(id).replaceChildren(element("thead", null, head), element("tbody", null, ...body));
}

function card(name, value, more, kind) {
  return element("dl", { class: "card" }, element("dt", null, name),
    element("dd", { class: kind || "", "data-card": name }, value, more ? element("small", null, " " + more) : null));
}

function chart(name, unit, series) {
  const width = 300, height = 100;
  const top = Math.max(1e-9, ...history.flatMap((look) => series.map((s) => s.value(look) || 0)));
  const svg = drawing("svg", { viewBox: `0 0 ${width} ${height}`, preserveAspectRatio: "none", role: "img",
    "aria-label": `${name}, at most ${unit(top)} in the last five minutes` });
  for (const y of [1, 50, 99]) svg.append(drawing("line", { x1: 0, x2: width, y1: y, y2: y }));
  series.forEach((s, index) => {
    const points = history.map((look, at) => {
      const x = width - (history.length - 1 - at) * width / (kept - 1);
      return x.toFixed(1) + "," + (height - 2 - (s.value(look) || 0) / top * (height - 4)).toFixed(1);
    });
    svg.append(drawing("polyline", { class: "s" + index, points: points.join(" ") }));
  });
  const now = history[history.length - 1];
  return element("figure", { class: "chart" },
    element("figcaption", null, element("b", null, name),
      ...series.map((s, index) => element("span", { class: "k" + index }, (s.name ? s.name + " " : "") + unit(s.value(now) || 0))),
      element("span", null, "top " + unit(top))), svg);
}

// MARK: A look

function health(stats) {
  const s = stats.supervisor;
  if (s.workers_ready === 0) return ["bad", "no worker serves"];
  if (s.state !== "running") return ["warn", s.state];
  if (s.workers_ready < s.workers_wanted) return ["warn", `${s.workers_ready} of ${s.workers_wanted} workers serve`];
  return ["good", "running"];
}

function figures(look, before) {
  const stats = look.stats, seconds = look.window.seconds;
  const classes = stats.totals.requests.by_class;
  const sum = (c) => Object.values(c).reduce((a, b) => a + b, 0);
  const answered = before ? sum(classes) - sum(before.stats.totals.requests.by_class) : 0;
  const errors = before ? classes["5xx"] - before.stats.totals.requests.by_class["5xx"] : 0;
  return { rate: seconds > 0 ? answered / seconds : 0, answered, errors,
    latency: look.window.latency_ms, lag: look.window.loop_lag_ms };
}

function show(look) {
  const stats = look.stats;
  const now = figures(look, last && last.stats.supervisor.pid === stats.supervisor.pid ? last : null);
  history.push(now);
  if (history.length > kept) history.shift();
  last = look;
  lastAt = Date.now();
  $("lost").hidden = true;

  const [kind, words] = health(stats);
  $("health").className = "health " + kind;
  if ($("health-text").textContent !== words) $("health-text").textContent = words;
  document.title = kind === "good" ? "gatewayd" : "gatewayd: " + words;
  const s = stats.supervisor;
  $("version").textContent = s.version;
  $("facts").textContent = `${s.workers_ready} of ${s.workers_wanted} workers · up ${time(s.uptime_seconds)} · `
    + `generation ${s.generation} · ${many(s.restarts_total, "restart")}`;

  const failed = now.answered > 0 ? now.errors / now.answered : 0;
  const totals = stats.totals;
  $("cards").replaceChildren(
    card("requests/s", rate(now.rate), count(totals.requests.total) + " in all"),
    card("in flight", count(totals.requests.in_flight), count(totals.calls.in_flight) + " calls"),
    card("answered 5xx", (failed * 100).toFixed(failed > 0 && failed < 0.1 ? 2 : 0) + " %",
      count(totals.requests.by_class["5xx"]) + " in all", failed > 0.01 ? "bad" : ""),
    card("p99", ms(now.latency.p99), "p50 " + ms(now.latency.p50)),
    card("loop lag p99", ms(now.lag.p99), "", now.lag.p99 > 100 ? "bad" : ""),
    card("connections", count(totals.connections.active), count(totals.connections.accepted_total) + " in all"));
  $("charts").replaceChildren(
    chart("requests/s", rate, [{ name: "", value: (f) => f.rate }]),
    chart("latency", ms, [{ name: "p50", value: (f) => f.latency.p50 }, { name: "p90", value: (f) => f.latency.p90 },
      { name: "p99", value: (f) => f.latency.p99 }]),
    chart("loop lag", ms, [{ name: "p50", value: (f) => f.lag.p50 }, { name: "p99", value: (f) => f.lag.p99 }]));

  const states = { ready: "good", starting: "warn", draining: "warn", unresponsive: "bad", dead: "bad", held: "bad" };
  table("workers", [
    { name: "worker", text: true, value: (w) => String(w.id) },
    { name: "state", text: true, value: (w) => w.state, kind: (w) => states[w.state] || "" },
    { name: "pid", value: (w) => w.pid || "" },
    { name: "up", value: (w) => w.pid ? time(w.uptime_seconds) : "" },
    { name: "restarts", value: (w) => count(w.restarts) },
    { name: "connections", value: (w) => count(w.connections.active) },
    { name: "in flight", value: (w) => count(w.requests.in_flight) },
    { name: "requests", value: (w) => count(w.requests.total) },
    { name: "p99 since start", value: (w) => ms(w.latency_ms.p99) },
    { name: "lag p99", value: (w) => ms(w.loop_lag_ms.p99) },
    { name: "memory", value: (w) => mebibytes(w.rss_bytes) },
    { name: "last exit", text: true, wrap: true,
      value: (w) => w.last_exit ? `${w.last_exit.reason} at ${moment(w.last_exit.at)}` : "" },
  ], stats.workers, "none has been started");

  table("routes", [
    { name: "route", text: true, value: (r) => r.path },
    { name: "requests", value: (r) => count(r.requests_total) },
    { name: "4xx", value: (r) => count(r.by_class["4xx"]) },
    { name: "5xx", value: (r) => count(r.by_class["5xx"]), kind: (r) => r.by_class["5xx"] ? "warn" : "" },
    { name: "mean", value: (r) => ms(r.latency_ms.mean) },
    { name: "longest", value: (r) => ms(r.latency_ms.max) },
  ], Object.entries(stats.routes).map(([path, r]) => ({ path, ...r })), "none is configured");

  const circuits = { closed: "good", open: "bad", half_open: "warn" };
  table("upstreams", [
    { name: "upstream", text: true, value: (u) => u.name },
    { name: "circuit", text: true, value: (u) => u.circuit ? u.circuit.state : "", kind: (u) => u.circuit ? circuits[u.circuit.state] || "warn" : "" },
    { name: "servers out", text: true, wrap: true, kind: (u) => u.out.length ? "bad" : "",
      value: (u) => u.out.map((server) => `${server.url} ${server.state}`).join(", ") || (u.servers ? `0 of ${u.servers.length}` : "") },
    { name: "calls", value: (u) => count(u.calls_total) },
    { name: "in flight", value: (u) => count(u.in_flight) },
    { name: "p50", value: (u) => ms(u.latency_ms.p50) },
    { name: "p99", value: (u) => ms(u.latency_ms.p99) },
    { name: "failed", text: true, wrap: true, value: (u) => failures(u.failed) },
  ], Object.entries(stats.upstreams).map(([name, u]) =>
    ({ name, out: (u.servers || []).filter((server) => server.state !== "up"), ...u })), "no call has been planned");

  table("slow", [
    { name: "request", text: true, value: (r) => r.request_id },
    { name: "route", text: true, value: (r) => r.route === null ? "of an older configuration" : r.route },
    { name: "worker", value: (r) => String(r.worker) },
    { name: "for", value: (r) => ms(r.ms) },
    { name: "open calls", value: (r) => count(r.open_calls) },
  ], look.in_flight, "none");

  $("crashes").replaceChildren(...(stats.crashes.length ? stats.crashes.slice().reverse().map(crash)
    : [element("p", { class: "none" }, "none since the daemon started")]));
}

function crash(report) {
  const requests = (report.requests || []).map((r) => element("li", null,
    `${r.route || "an unknown route"} ${r.request_id}` + (r.waits_for.length ? ` waited for ${r.waits_for.join(", ")}` : "")));
  return element("article", { class: "crash" },
    element("strong", null, `worker ${report.id}: ${report.reason}`), ` at ${moment(report.at)}`,
    report.suspect ? element("span", { class: "bad" }, `, suspected route ${report.suspect}`) : null,
    requests.length ? element("ul", { "aria-label": "in flight" }, ...requests)
      : element("div", null, report.in_flight ? many(report.in_flight, "request") + " in flight" : "nothing was in flight"),
    report.stderr ? element("pre", { tabindex: "0" }, report.stderr) : null);
}

// MARK: How looks come

function listen() {
  if (!window.EventSource) return poll();
  source = new EventSource("events");
  source.onopen = () => { $("mode").textContent = "live"; if (polling) { clearInterval(polling); polling = null; } };
  source.onmessage = (event) => show(JSON.parse(event.data));
  // The browser tries again by itself, unless it was refused for good: then, and meanwhile, we ask.
  source.onerror = () => {
    poll();
    if (source.readyState === EventSource.CLOSED) setTimeout(listen, 5000);
  };
}

async function ask() {
  try {
    const answer = await fetch("live", { cache: "no-store" });
    if (answer.ok) { show(await answer.json()); $("mode").textContent = "asking each second"; }
  } catch { /* it is said below */ }
}

function poll() {
  if (polling === null) { polling = setInterval(ask, 1000); ask(); }
}

setInterval(() => {
  const age = (Date.now() - lastAt) / 1000;
  if (lastAt === 0 || age < 3) return;
  $("lost").textContent = `No word from the daemon for ${time(age)}: what is below is from then. Trying again.`;
  $("lost").hidden = false;
  $("health").className = "health bad";
  if ($("health-text").textContent !== "lost") $("health-text").textContent = "lost";
  document.title = "gatewayd: lost";
}, 500);

listen();
