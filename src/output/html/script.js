// The page's controls. Every figure is looked up in the grid that the exact engine computed; nothing is computed here but
// what is needed to write and to draw it.
"use strict";
(() => {
  const data = JSON.parse(document.getElementById("data").textContent);
  const words = data.words;
  const american = data.locale === "en-US", sign = data.locale === "iso" ? " %" : "%";
  const el = (id) => document.getElementById(id);
  const device = Intl.DateTimeFormat().resolvedOptions().timeZone || "UTC";

  // --- how things are written ---
  const group = (n) => String(Math.round(n)).replace(/\B(?=(\d{3})+$)/g, ",");
  const short = (n) => {
    if (n < 999999.5) return group(n);
    const [unit, word] = n >= 1e9 ? [1e9, " bn"] : [1e6, " M"];
    return String(Number((n / unit).toPrecision(3))) + word;
  };
  const mean = (m) => {
    if (m >= 999.5) return short(m);
    const text = m.toFixed(m >= 0.995 ? 1 : m >= 0.0995 ? 2 : 3);
    return Number(text) === 0 ? "0" : text;
  };
  const simple = [[1, 2], [1, 3], [2, 3], [1, 4], [3, 4], [1, 5], [2, 5], [3, 5], [4, 5]];
  const tenths = [1, 2, 3, 4, 5, 6, 7, 8, 9].map((k) => [k, 10]).concat([[19, 20]]);
  const frequency = (s) => {
    if (s <= 0) return "no " + words.one;
    if (s >= 1) return "every " + words.one;
    if (s > 0.97) return "nearly every " + words.one;
    if (s < 0.18) {
      const each = 1 / s;
      const scale = Math.pow(10, Math.max(Math.floor(Math.log10(each)) - 1, 0));
      return "1 " + words.one + " in " + group(Math.round(each / scale) * scale);
    }
    const miss = ([k, n]) => Math.abs(k / n - s);
    const [k, n] = simple.find((f) => miss(f) < 0.013) ||
      simple.concat(tenths).reduce((a, b) => (miss(b) < miss(a) ? b : a));
    return k + " " + (k === 1 ? words.one : words.many) + " in " + n;
  };
  const about = (s) => { const text = frequency(s); return (/^\d/.test(text) ? "about " : "") + text; };
  const percent = (s) => {
    const p = s * 100;
    return (p === 0 ? "0" : p >= 99.95 ? "100" : p >= 10 ? p.toFixed(1) : p.toFixed(2)).replace(/\.0+$/, "") + sign;
  };
  // In hundredths of a percent. Never rounded up to 90 %, nor to 0 or 100.
  const chance = (w) => {
    if (w < 100) return "<1" + sign;
    if (w > 9900) return ">99" + sign;
    if (w < 9000 && Math.round(w / 100) >= 90) return (Math.floor(w / 10) / 10).toFixed(1) + sign;
    return Math.round(w / 100) + sign;
  };

  const formats = new Map();
  const parts = (seconds, zone) => {
    if (!formats.has(zone)) {
      formats.set(zone, new Intl.DateTimeFormat("en-US", {
        timeZone: zone, hourCycle: "h23", weekday: "short", day: "numeric", month: "short", year: "numeric",
        hour: "2-digit", minute: "2-digit",
      }));
    }
    const found = {};
    for (const part of formats.get(zone).formatToParts(seconds * 1000)) found[part.type] = part.value;
    return found;
  };
  const moment = (seconds, zone) => {
    const p = parts(seconds, zone);
    const year = Number(p.year) === data.year ? "" : " " + p.year;
    if (american) {
      const hour = Number(p.hour), half = hour < 12 ? "AM" : "PM";
      return `${p.weekday}, ${p.month} ${p.day}${year && "," + year}, ${hour % 12 || 12}:${p.minute} ${half}`;
    }
    return `${p.weekday} ${p.day} ${p.month}${year} ${p.hour}:${p.minute}`;
  };

  // --- the reader's zone ---
  let zone = data.zone;
  const chosen = el("zone");
  el("zone-control").hidden = false;
  const showZone = () => {
    zone = chosen.value || device;
    for (const cell of document.querySelectorAll("[data-at]")) cell.textContent = moment(Number(cell.dataset.at), zone);
    for (const name of document.querySelectorAll(".zone-name")) name.textContent = zone;
  };

  // Figures that are folded away are printed all the same.
  addEventListener("beforeprint", () => document.querySelectorAll("details").forEach((d) => { d.open = true; }));

  if (!data.grid) {
    chosen.addEventListener("change", showZone);
    return;
  }

  // --- the grid ---
  const { unit, uptakes, shifts } = data.grid;
  const sums = (differences) => { let sum = 0; return differences.map((d) => (sum += d)); };
  const rows = data.grid.rows.map(([m, low, mid, high, within]) => ({
    mean: sums(m).map((v) => v * unit), low: sums(low), mid: sums(mid), high: sums(high), within: within && sums(within),
  }));
  const state = { rate: data.grid.rate, shift: data.grid.shift, hand: null };
  const when = (shift) => {
    const at = data.deadline.at + shifts[shift] * 3600;
    return data.deadline.local ? moment(at, "UTC") + ", each " + words.one + "\u2019s own time" : moment(at, zone);
  };

  const answer = () => {
    const row = rows[state.rate], i = state.shift, n = data.orgs;
    const rate = uptakes[state.rate];
    const at = data.rates ? data.rates[state.rate].at
      : !data.reconnects || rate === 0 ? `if nobody ${words.acts}`
      : !words.evenly ? `at a rate of ${percent(rate)}`
      : rate === 1 ? `if everyone ${words.acts}` : `if ${percent(rate)} ${words.act}`;
    const box = el("answer");
    box.textContent = "";
    const large = document.createElement("strong");
    box.append(large);
    if (n === 1) {
      large.textContent = percent(row.mean[i]);
      box.append(` is the chance that the ${words.one} ${words.fails} by ${when(i)}, ${at}.`);
      return;
    }
    large.textContent = about(row.mean[i] / n);
    let text = ` ${words.fails} by ${when(i)}, ${at}: ${mean(row.mean[i])} of ${short(n)}.`;
    text = row.mean[i] > 0 ? text : ` ${words.fails} by ${when(i)}, ${at}.`;
    const [low, high] = [row.low[i], row.high[i]];
    text += ` In 9 of 10 outcomes it is ${low === high ? short(low) : short(low) + " to " + short(high)}.`;
    box.append(text);
    if (row.within) {
      const within = document.createElement("span");
      within.className = row.within[i] < 9000 ? "over" : "";
      within.textContent = ` Chance of ${short(data.tolerance)} or fewer: ${chance(row.within[i])}.`;
      box.append(within);
    }
  };

  // --- the curve ---
  const box = el("curve");
  const node = (name, attributes, text) => {
    const made = document.createElementNS("http://www.w3.org/2000/svg", name);
    for (const key in attributes) made.setAttribute(key, attributes[key]);
    if (text !== undefined) made.textContent = text;
    return made;
  };
  const steps = (most) => {
    const rough = most / 4, power = Math.pow(10, Math.floor(Math.log10(rough)));
    const step = Math.max([1, 2, 5, 10].map((m) => m * power).find((s) => s >= rough * 0.999), data.orgs > 1 ? 1 : 0.001);
    const found = [];
    for (let v = 0; v <= most * 1.001; v += step) found.push(v);
    return found;
  };
  const top = Math.max(...rows.map((r) => (data.orgs > 1 ? Math.max(...r.high) : Math.max(...r.mean))), 1e-3);
  const most = data.tolerance && data.tolerance < top * 1.6 ? Math.max(top, data.tolerance * 1.05) : top;
  let layout = null;

  const draw = () => {
    const width = Math.max(box.clientWidth, 240), height = width < 520 ? 250 : 300;
    const ticks = steps(most);
    const name = (v) => (data.orgs > 1 ? short(v) : percent(v));
    const left = 14 + 7.2 * Math.max(...ticks.map((t) => name(t).length)), right = width - 8, head = 26, foot = height - 42;
    const first = shifts[0], last = shifts[shifts.length - 1] === first ? first + 1 : shifts[shifts.length - 1];
    const x = (h) => left + ((h - first) / (last - first)) * (right - left);
    const y = (v) => foot - (v / most) * (foot - head);
    layout = { x, left, right, first, last };
    const svg = node("svg", { viewBox: `0 0 ${width} ${height}`, "aria-hidden": "true" });
    for (const t of ticks) {
      svg.append(node("path", { class: t === 0 ? "zero" : "grid", d: `M${left} ${y(t)}H${right}` }));
      svg.append(node("text", { x: left - 6, y: y(t) + 4, "text-anchor": "end" }, name(t)));
    }
    let before = -1e9;
    shifts.forEach((h) => {
      const p = parts(data.deadline.at + h * 3600, data.deadline.local ? "UTC" : zone);
      if (p.minute !== "00" || Number(p.hour) % 24 >= (shifts.length > 1 ? shifts[1] - shifts[0] : 1)) return;
      svg.append(node("path", { class: "grid", d: `M${x(h)} ${foot}v5` }));
      if (x(h) - before < 46 || x(h) > right - 14) return;
      before = x(h);
      svg.append(node("text", { x: x(h), y: foot + 19, "text-anchor": "middle" }, p.weekday));
      svg.append(node("text", { x: x(h), y: foot + 35, "text-anchor": "middle" }, `${p.day} ${p.month}`));
    });
    const row = rows[state.rate];
    const line = (values) => values.map((v, i) => `${x(shifts[i]).toFixed(1)} ${y(v).toFixed(1)}`);
    if (data.orgs > 1) {
      svg.append(node("path", { class: "band", d: `M${line(row.high).join("L")}L${line(row.low).reverse().join("L")}Z` }));
    }
    svg.append(node("path", { class: "mean", d: `M${line(row.mean).join("L")}` }));
    if (data.tolerance && data.tolerance <= most) {
      const at = y(data.tolerance);
      svg.append(node("path", { class: "limit", d: `M${left} ${at}H${right}` }));
      svg.append(node("text", { class: "red", x: left + 4, y: at - 6 }, `tolerance ${short(data.tolerance)}`));
    }
    const due = x(shifts[state.shift]);
    svg.append(node("path", { class: "due", d: `M${due} ${head - 8}V${foot}` }));
    svg.append(node("circle", { class: "dot", cx: due, cy: y(row.mean[state.shift]), r: 5 }));
    if (state.hand !== null) {
      const i = state.hand, at = x(shifts[i]);
      svg.append(node("path", { class: "hand", d: `M${at} ${head - 8}V${foot}` }));
      svg.append(node("circle", { class: "dot", cx: at, cy: y(row.mean[i]), r: 5 }));
      const label = node("text", { class: "read", y: 12 }, reading(i));
      svg.append(label);
      box.replaceChildren(svg);
      const half = label.getComputedTextLength() / 2;
      label.setAttribute("text-anchor", "middle");
      label.setAttribute("x", Math.min(Math.max(at, half + 2), width - half - 2));
    } else {
      box.replaceChildren(svg);
    }
  };
  const reading = (i) => {
    const row = rows[state.rate];
    if (data.orgs === 1) return `${when(i)}: ${percent(row.mean[i])}`;
    return `${when(i)}: ${mean(row.mean[i])} (${short(row.low[i])} to ${short(row.high[i])})`;
  };

  const show = () => {
    const chosen = data.rates ? data.rates[state.rate].label : percent(uptakes[state.rate]);
    el("uptake-value").textContent = chosen;
    el("deadline-value").textContent = when(state.shift);
    el("uptake").value = state.rate;
    el("uptake").setAttribute("aria-valuetext", chosen);
    el("deadline").value = state.shift;
    el("deadline").setAttribute("aria-valuetext", when(state.shift));
    const read = state.hand === null ? state.shift : state.hand;
    box.setAttribute("aria-valuenow", read);
    box.setAttribute("aria-valuetext", reading(read));
    draw();
  };
  const change = (next) => { Object.assign(state, next); answer(); show(); };
  const read = (hand) => { if (hand !== state.hand) { state.hand = hand; show(); } };
  const nearest = (event) => {
    const px = event.clientX - box.getBoundingClientRect().left;
    const h = layout.first + ((px - layout.left) / (layout.right - layout.left)) * (layout.last - layout.first);
    return shifts.reduce((best, s, i) => (Math.abs(s - h) < Math.abs(shifts[best] - h) ? i : best), 0);
  };

  el("what-if").hidden = false;
  el("uptake-control").hidden = uptakes.length < 2;
  el("uptake").max = uptakes.length - 1;
  el("deadline").max = shifts.length - 1;
  box.setAttribute("aria-valuemax", shifts.length - 1);
  el("uptake").addEventListener("input", (e) => change({ rate: Number(e.target.value) }));
  el("deadline").addEventListener("input", (e) => change({ shift: Number(e.target.value) }));
  el("reset").addEventListener("click", () => change({ rate: data.grid.rate, shift: data.grid.shift, hand: null }));
  chosen.addEventListener("change", () => { showZone(); change({}); });
  box.addEventListener("pointermove", (e) => read(nearest(e)));
  box.addEventListener("pointerdown", (e) => read(nearest(e)));
  box.addEventListener("pointerleave", (e) => { if (e.pointerType === "mouse") read(null); });
  box.addEventListener("blur", () => read(null));
  box.addEventListener("keydown", (e) => {
    const from = state.hand === null ? state.shift : state.hand, end = shifts.length - 1;
    const to = {
      ArrowRight: from + 1, ArrowUp: from + 1, ArrowLeft: from - 1, ArrowDown: from - 1,
      PageUp: from + 12, PageDown: from - 12, Home: 0, End: end,
    }[e.key];
    if (e.key === "Escape") read(null);
    if (to === undefined) return;
    e.preventDefault();
    read(Math.min(Math.max(to, 0), end));
  });
  addEventListener("resize", draw);
  change({});
})();
