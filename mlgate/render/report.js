"use strict";
// The report is complete without this: here its numbers are drawn, and its tables sorted and filtered.
(() => {
  const data = JSON.parse(document.getElementById("data").textContent);
  const COLORS = Object.fromEntries(["pass", "warn", "fail", "error", "skip"].map((s) => [s, `var(--${s})`]));
  const SYMBOLS = { pass: "circle", warn: "triangle", fail: "square", error: "times", skip: "circle" };
  const TIP = { fill: "var(--paper)", stroke: "var(--line)", lineHeight: 1.3 };
  const MOST_DRAWN = 40;

  const make = (name, attributes = {}, ...children) => {
    const element = document.createElement(name);
    for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
    element.append(...children);
    return element;
  };
  const cut = (text, most) => (text.length > most ? `${text.slice(0, most - 1)}\u2026` : text);
  const percent = (share) => `${+(100 * share).toPrecision(3)} %`;

  // --- tables ------------------------------------------------------------------------------------------------------

  const keyOf = (row, place) => {
    const cell = row.cells[place];
    if (cell.dataset.v !== undefined) return Number(cell.dataset.v);
    return cell.classList.contains("number") ? null : cell.textContent.trim().toLowerCase() || null;
  };
  const inWords = new Intl.Collator(undefined, { numeric: true }).compare;
  const compare = (a, b) => {
    if (a === null || b === null) return (a === null) - (b === null);
    if (typeof a === typeof b) return typeof a === "number" ? a - b : inWords(a, b);
    return typeof a === "number" ? -1 : 1;
  };

  function sortable(table, changed) {
    const body = table.tBodies[0];
    const original = [...body.rows];
    const titles = [...table.tHead.rows[0].cells];
    titles.forEach((title, place) => {
      const button = make("button", { type: "button" }, title.textContent);
      title.replaceChildren(button);
      title.setAttribute("aria-sort", "none");
      button.addEventListener("click", () => {
        const now = title.getAttribute("aria-sort");
        const next = now === "none" ? "ascending" : now === "ascending" ? "descending" : "none";
        titles.forEach((each) => each.setAttribute("aria-sort", "none"));
        title.setAttribute("aria-sort", next);
        const keyed = original.map((row, index) => [keyOf(row, place), index, row]);
        const sign = next === "descending" ? -1 : 1;
        // What has no value stays last either way; rows that are equal stay as they were.
        if (next !== "none") keyed.sort((a, b) => (a[0] === null || b[0] === null ? compare(a[0], b[0]) : sign * compare(a[0], b[0])) || a[1] - b[1]);
        body.append(...keyed.map(([, , row]) => row));
        changed();
      });
    });
  }

  function choice(title, options) {
    const select = make("select", {}, new Option(`all ${title[1]}`, ""), ...options.map(([value, text]) => new Option(cut(text, 60), value)));
    return { label: make("label", {}, title[0], select), control: select };
  }

  // A row of controls above a table; `fits` says whether a row is shown under the chosen values.
  function filterable(table, place, choices, fits, changed) {
    const rows = [...table.tBodies[0].rows];
    const texts = rows.map((row) => row.textContent.toLowerCase());
    const search = make("input", { type: "search", placeholder: "any text" });
    const said = make("output", { "aria-live": "polite" });
    const update = () => {
      const values = choices.map(({ control }) => control.value);
      const words = search.value.toLowerCase().split(/\s+/).filter(Boolean);
      let shown = 0;
      rows.forEach((row, index) => {
        const fit = fits(row, values) && words.every((word) => texts[index].includes(word));
        row.hidden = !fit;
        shown += fit;
      });
      said.textContent = `${shown.toLocaleString("en")} of ${rows.length.toLocaleString("en")} shown`;
      changed();
    };
    const controls = choices.filter(({ control }) => control.options.length > 2);
    place.append(...controls.map(({ label }) => label), make("label", {}, "Text", search), said);
    place.setAttribute("role", "search");
    place.setAttribute("aria-label", `Filter ${table.classList[0]}`);
    for (const { control } of controls) control.addEventListener("change", update);
    let waiting = 0;
    search.addEventListener("input", () => {
      clearTimeout(waiting);
      waiting = setTimeout(update, 80);
    });
    update();
    return update;
  }

  const distinct = (rows, place) => [...new Set(rows.map((row) => row.cells[place].textContent.trim()))].sort();

  function outcomes() {
    const table = document.querySelector("table.outcomes");
    if (!table) return;
    const details = table.closest("details");
    let ready = null;
    const prepare = () => {
      if (ready) return ready;
      const rows = [...table.tBodies[0].rows];
      const kinds = [1, 2].map((place) => distinct(rows, place).map((text) => [text, text]));
      const choices = [choice(["Status", "statuses"], kinds[0]), choice(["Tier", "tiers"], kinds[1])];
      const fits = (row, values) => values.every((value, i) => !value || row.cells[i + 1].textContent.trim() === value);
      sortable(table, () => {});
      const update = filterable(table, details.querySelector(".tools"), choices, fits, () => {});
      ready = { choose: (status) => { choices[0].control.value = status; update(); } };
      return ready;
    };
    details.addEventListener("toggle", prepare);
    for (const tile of document.querySelectorAll(".tiles a")) {
      tile.addEventListener("click", () => {
        details.open = true;
        prepare().choose(tile.dataset.status);
      });
    }
  }

  function comparisons() {
    const table = document.querySelector("table.comparisons");
    if (!table) return;
    const rows = [...table.tBodies[0].rows];
    const seen = new Map();
    rows.forEach((row) => {
      const group = Number(row.dataset.g);
      const place = seen.get(group) ?? 0;
      seen.set(group, place + 1);
      drawnRows.push({ row, group, place });
    });
    const has = (row, name) => (row.dataset[name] ?? "").split(" ");
    const numbered = (texts) => (texts ?? []).map((text, place) => [String(place), text]);
    const used = new Set(rows.map((row) => row.dataset.w));
    const choices = [
      choice(["Metric", "metrics"], numbered((data.intervals ?? []).map((group) => group.title))),
      choice(["Slice column", "rows and slices"], [...((data.columns ?? []).length ? [["-", "all rows alone"]] : []), ...numbered(data.columns)]),
      choice(["Verdict", "verdicts"], numbered(data.verdicts).filter(([place]) => used.has(place))),
    ];
    const fits = (row, [metric, column, verdict]) =>
      (!metric || row.dataset.g === metric) &&
      (!column || (column === "-" ? !row.dataset.c : has(row, "c").includes(column))) &&
      (!verdict || row.dataset.w === verdict);
    const frame = table.closest(".scroll");
    const tools = make("div", { class: "tools" });
    frame.closest("section").querySelector(".figures, .scroll").before(tools);
    const redraw = () => document.querySelectorAll('[data-chart="interval"]').forEach(draw);
    sortable(table, () => {});
    if (rows.length > 1) filterable(table, tools, choices, fits, redraw);
  }
  const drawnRows = [];

  // --- drawings ----------------------------------------------------------------------------------------------------

  function interval(figure, width) {
    const index = Number(figure.dataset.index);
    const group = data.intervals[index];
    const sign = group.higher ? 1 : -1;
    const all = drawnRows
      .filter(({ row, group: mine }) => mine === index && !row.hidden)
      .map(({ place }) => group.rows[place])
      .filter((row) => row && row[1] !== null)
      .map(([name, delta, low, high, tolerance, status, verdict, told]) => (
        { name, delta, low, high, limit: tolerance === null ? null : -sign * tolerance, status, verdict, told }));
    if (!all.length) return null;
    const rows = all.slice(0, MOST_DRAWN).map((row, i) => ({ ...row, i }));
    const wide = width > 480;
    const longest = width > 560 ? 30 : wide ? 24 : 18;
    const left = 14 + 6.6 * Math.min(longest, Math.max(...rows.map((row) => row.name.length)));
    const ends = rows.flatMap((row) => [row.low, row.high, row.delta, row.limit === null ? 0 : 1.35 * row.limit, 0]);
    const [low, high] = [Math.min(...ends), Math.max(...ends)];
    const room = (high - low || 1) * 0.04;
    const domain = group.higher ? [low - room, high + room] : [high + room, low - room];
    const color = (row) => COLORS[row.status];
    const limited = rows.filter((row) => row.limit !== null);
    const svg = Plot.plot({
      width, height: 26 * rows.length + 58, marginLeft: left, marginRight: wide ? 104 : 12, marginTop: 6, marginBottom: 44,
      x: { domain, grid: true, label: `change${group.unit ? ` in ${group.unit}` : ""}, better \u2192`, labelAnchor: "center", labelArrow: "none", ticks: Math.max(3, Math.round((width - left) / 90)) },
      y: { type: "band", domain: rows.map((row) => row.i), padding: 0, tickFormat: (i) => cut(rows[i].name, longest), tickSize: 0, label: null },
      marks: [
        Plot.barX(limited, { x1: () => domain[0], x2: "limit", y: "i", fill: "var(--shade)" }),
        Plot.tickX(limited, { x: "limit", y: "i", stroke: "var(--fail)", strokeDasharray: "3,3" }),
        Plot.ruleX([0], { stroke: "var(--soft)" }),
        Plot.ruleY(rows, { x1: "low", x2: "high", y: "i", stroke: color, strokeWidth: 3, strokeLinecap: "round" }),
        Plot.dot(rows, { x: "delta", y: "i", fill: color, stroke: "var(--panel)", r: 5.5, symbol: (row) => SYMBOLS[row.status],
          title: (row) => `${row.name}\n${row.told.replaceAll("; ", "\n").replaceAll(" -> ", " \u2192 ")}`, tip: { ...TIP, maxRadius: 60 } }),
        wide ? Plot.text(rows, { y: "i", text: (row) => cut(row.verdict.split(/[:,]/)[0], 16), frameAnchor: "right", textAnchor: "start", dx: 10, fill: color, fontWeight: 600 }) : null,
      ],
      symbol: { type: "identity" },
    });
    const left_out = all.length - rows.length;
    const more = left_out ? `The ${MOST_DRAWN} first; ${left_out.toLocaleString("en")} more in the table.` : "";
    return { title: group.title, svg, more };
  }

  const AXIS = { domain: [0, 1], ticks: 5, grid: true };
  const [first, second] = [(point) => point[0], (point) => point[1]];
  const lines = (sides, marks) => [
    Plot.link([0], { x1: 0, y1: 0, x2: 1, y2: 1, stroke: "var(--soft)", strokeOpacity: 0.4 }),
    Plot.line(sides.before, { x: first, y: second, stroke: "var(--before)", strokeWidth: 2, strokeDasharray: "5,4" }),
    Plot.line(sides.after, { x: first, y: second, stroke: "var(--after)", strokeWidth: 2 }),
    ...marks,
  ];
  const square = (width, x, y, marks) => {
    const size = Math.min(width, 360);
    return Plot.plot({ width: size, height: size, marginLeft: 44, marginBottom: 40, marginTop: 12, marginRight: 14,
      x: { ...AXIS, label: x, labelAnchor: "center", labelArrow: "none" }, y: { ...AXIS, label: y, labelAnchor: "center", labelArrow: "none" }, marks });
  };

  function roc(figure, width) {
    const curve = data.curves[Number(figure.dataset.index)];
    const named = [...curve.before.map(([x, y]) => ["baseline", x, y]), ...curve.after.map(([x, y]) => ["candidate", x, y])];
    const tip = Plot.tip(named, Plot.pointer({ x: (point) => point[1], y: (point) => point[2], ...TIP, title: ([side, x, y]) => `${side}: ${percent(y)} of the positives found\n${percent(x)} of the negatives taken for one` }));
    return { title: "ROC", svg: square(width, "negatives taken for positives", "positives found", lines(curve, [tip])) };
  }

  function calibration(figure, width) {
    const curve = data.curves[Number(figure.dataset.index)];
    const largest = Math.max(...curve.before.map((p) => p[2]), ...curve.after.map((p) => p[2]), 1);
    const dots = (points, color, name) => Plot.dot(points, { x: first, y: second, r: (p) => 2 + 5 * Math.sqrt(p[2] / largest), fill: color, fillOpacity: 0.75,
      title: ([score, frequency, n]) => `${name}: mean score ${percent(score)}\nso in ${percent(frequency)} of ${n.toLocaleString("en")} rows`, tip: TIP });
    const marks = lines(curve, [dots(curve.before, "var(--before)", "baseline"), dots(curve.after, "var(--after)", "candidate")]);
    const size = square(width, "mean score", "how often it was so", marks);
    return { title: "Calibration", svg: size };
  }

  function scores(figure, width) {
    const classes = data.curves[Number(figure.dataset.index)].classes;
    const rows = classes.flatMap(({ name, before, after }) => {
      const totals = [before, after].map((counts) => counts.reduce((a, b) => a + b, 0) || 1);
      return before.map((n, bin) => ({ name, x1: bin / before.length, x2: (bin + 1) / before.length, before: n / totals[0], after: after[bin] / totals[1] }));
    });
    const size = Math.min(width, 420);
    const svg = Plot.plot({ width: size, height: Math.min(size, 360), marginLeft: 44, marginBottom: 40, marginTop: 12, marginRight: 14,
      x: { ...AXIS, label: "score", labelAnchor: "center", labelArrow: "none" },
      y: { grid: true, ticks: 3, tickFormat: (share) => `${Math.round(100 * share)} %`, label: null },
      fy: { axis: null, domain: classes.map(({ name }) => name), padding: 0.12 },
      marks: [
        Plot.rectY(rows, { fy: "name", x1: "x1", x2: "x2", y: "after", fill: "var(--fill)", insetLeft: 0.5, insetRight: 0.5,
          title: (row) => `${row.name}, scores ${+row.x1.toFixed(3)} to ${+row.x2.toFixed(3)}\nbaseline ${percent(row.before)}, candidate ${percent(row.after)} of its rows`, tip: TIP }),
        Plot.ruleY(rows, { fy: "name", x1: "x1", x2: "x2", y: "before", stroke: "var(--before)", strokeWidth: 2 }),
        Plot.text(classes, { fy: "name", text: (each) => cut(each.name, 24), frameAnchor: "top-right", dx: -4, dy: 4, fontWeight: 600 }),
        Plot.ruleY([0]),
      ] });
    return { title: "Rows by score", svg, more: "Bars the candidate, lines the baseline, as shares of each class." };
  }

  function distribution(figure, width) {
    const { cells } = data.distributions[Number(figure.dataset.index)];
    const rows = cells.map(([name, , , before, after], i) => ({ name, before, after, i }));
    const longest = width > 420 ? 24 : 18;
    const svg = Plot.plot({ width, height: 17 * rows.length + 46, marginTop: 4, marginBottom: 38, marginRight: 14,
      marginLeft: 14 + 6.6 * Math.min(longest, Math.max(...rows.map((row) => row.name.length))),
      x: { grid: true, ticks: 4, tickFormat: (share) => `${+(100 * share).toPrecision(2)} %`, label: "share of the rows", labelAnchor: "center", labelArrow: "none" },
      y: { type: "band", domain: rows.map((row) => row.i), padding: 0.2, tickFormat: (i) => cut(rows[i].name, longest), tickSize: 0, label: null },
      marks: [
        Plot.barX(rows, { x: "after", y: "i", fill: "var(--fill)", title: (row) => `${row.name}\nreference ${percent(row.before)}, now ${percent(row.after)}`, tip: TIP }),
        Plot.tickX(rows, { x: "before", y: "i", stroke: "var(--before)", strokeWidth: 2.5 }),
        Plot.ruleX([0]),
      ] });
    return { title: "", svg };
  }

  function trend(figure, width) {
    const { points, status } = data.trends[Number(figure.dataset.index)];
    const rows = points.map(([commit, time, value], i) => ({ commit, time, value, i }));
    const last = rows.slice(-1);
    const svg = Plot.plot({ width, height: 190, marginLeft: 56, marginRight: 42, marginTop: 10, marginBottom: 36,
      x: { domain: [0, rows.length - 1], ticks: [0, rows.length - 1], tickFormat: (i) => rows[i].time || rows[i].commit, label: null },
      y: { grid: true, ticks: 4, label: null, nice: true },
      marks: [
        Plot.line(rows, { x: "i", y: "value", stroke: "var(--before)", strokeWidth: 1.5 }),
        Plot.dot(rows, { x: "i", y: "value", r: 3.5, fill: "var(--before)", title: (row) => `${row.value}\n${[row.time, row.commit].filter(Boolean).join(" ")}`, tip: TIP }),
        Plot.dot(last, { x: "i", y: "value", r: 5.5, fill: COLORS[status], stroke: "var(--panel)", symbol: SYMBOLS[status] }),
      ] });
    return { title: "", svg };
  }

  function tiers(figure, width) {
    let start = 0;
    const rows = data.tiers.map((tier) => ({ ...tier, start, end: (start += tier.seconds) }));
    if (!(start > 0)) return null;
    const unit = start > 7200 ? [3600, "hours"] : start > 120 ? [60, "minutes"] : [1, "seconds"];
    const svg = Plot.plot({ width, height: 30 * rows.length + 48, marginTop: 4, marginBottom: 40, marginRight: 86,
      marginLeft: 14 + 7 * Math.min(14, Math.max(...rows.map((row) => row.tier.length))),
      x: { grid: true, domain: [0, start / unit[0]], ticks: width > 560 ? 8 : 4, label: unit[1], labelAnchor: "center", labelArrow: "none" },
      y: { domain: rows.map((row) => row.tier), padding: 0.25, tickFormat: (name) => cut(name, 14), tickSize: 0, label: null },
      marks: [
        Plot.barX(rows, { x1: (row) => row.start / unit[0], x2: (row) => row.end / unit[0], y: "tier", fill: (row) => COLORS[row.status], fillOpacity: 0.8, rx: 2 }),
        Plot.text(rows, { x: (row) => row.end / unit[0], y: "tier", text: "told", textAnchor: "start", dx: 6 }),
        Plot.ruleX([0]),
      ] });
    return { title: "Tiers, one after the other", svg };
  }

  const DRAWINGS = { interval, roc, calibration, scores, distribution, trend, tiers };

  function draw(figure) {
    if (typeof Plot === "undefined" || !figure.dataset.near) return;
    const box = getComputedStyle(figure);
    const inside = figure.clientWidth - parseFloat(box.paddingLeft) - parseFloat(box.paddingRight);
    const width = Math.round(inside > 40 ? inside : 640);
    const drawn = DRAWINGS[figure.dataset.chart](figure, width);
    figure.dataset.width = String(width);
    figure.hidden = drawn === null;
    if (drawn === null) return;
    drawn.svg.setAttribute("role", "img");
    drawn.svg.setAttribute("aria-label", figure.dataset.told);
    const parts = [drawn.title ? make("figcaption", {}, drawn.title) : null, drawn.svg, drawn.more ? make("p", { class: "soft" }, drawn.more) : null];
    figure.replaceChildren(...parts.filter(Boolean));
    figure.style.minHeight = "";
  }

  // About how tall a drawing will be, so that the page does not move when it comes.
  function height(figure) {
    const index = Number(figure.dataset.index);
    switch (figure.dataset.chart) {
      case "interval": return 26 * Math.min(MOST_DRAWN, data.intervals[index].rows.length) + 108;
      case "distribution": return 17 * data.distributions[index].cells.length + 46;
      case "trend": return 190;
      case "tiers": return 30 * data.tiers.length + 78;
      default: return Math.min(figure.clientWidth, 390) + 24;
    }
  }

  function drawings() {
    const figures = [...document.querySelectorAll(".chart")];
    if (typeof Plot === "undefined") return;
    const near = new IntersectionObserver((entries) => {
      for (const { target, isIntersecting } of entries) {
        if (!isIntersecting || target.dataset.near) continue;
        target.dataset.near = "1";
        draw(target);
      }
    }, { rootMargin: "800px" });
    const resized = new ResizeObserver((entries) => {
      for (const { target, contentRect } of entries) {
        if (target.dataset.width && Math.abs(contentRect.width - Number(target.dataset.width)) > 2) requestAnimationFrame(() => draw(target));
      }
    });
    for (const figure of figures) {
      figure.dataset.told = figure.getAttribute("aria-label");
      figure.removeAttribute("aria-label");
      // An empty figure has no room and is never near: a line of text holds its place until it is drawn.
      figure.append(make("p", { class: "soft" }, "\u2026"));
      figure.style.minHeight = `${height(figure)}px`;
      near.observe(figure);
      resized.observe(figure);
    }
    addEventListener("beforeprint", () => {
      for (const figure of figures) {
        if (figure.dataset.near) continue;
        figure.dataset.near = "1";
        draw(figure);
      }
      for (const details of document.querySelectorAll("details")) {
        if (details.querySelectorAll("tr").length < 300) details.open = true;
      }
    });
  }

  // --- reading -----------------------------------------------------------------------------------------------------

  // What scrolls sideways can be reached with the keyboard. What is folded is not measured: that would lay it out.
  const reach = () => {
    for (const frame of document.querySelectorAll(".scroll")) {
      if (frame.closest("details:not([open])")) continue;
      if (frame.scrollWidth > frame.clientWidth + 1) frame.tabIndex = 0;
      else frame.removeAttribute("tabindex");
    }
  };
  comparisons();
  outcomes();
  drawings();
  requestAnimationFrame(reach);
  addEventListener("resize", reach);
  for (const shown of ["toggle", "contentvisibilityautostatechange"]) addEventListener(shown, () => requestAnimationFrame(reach), true);
  addEventListener("hashchange", () => {
    const section = document.getElementById(location.hash.slice(1));
    const folded = section && section.querySelector(":scope > details");
    if (folded) folded.open = true;
  });
})();
