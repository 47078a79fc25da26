/* Time: all looks of the channel on an axis, gaps hatched, and a slider that steps from look to look. */
"use strict";
(function () {
  const { byId, makeSvg } = iovolc;
  const HIGH = 74,
    TOP = 12,
    BOTTOM = 48,
    YEAR = 365.25 * 86400e3;
  let mine = [],
    wide = 1000;

  iovolc.startTimeline = function () {
    const slider = byId("time");
    slider.addEventListener("input", () => step(Number(slider.value)));
    byId("earlier").addEventListener("click", () => iovolc.stepTime(-1));
    byId("later").addEventListener("click", () => iovolc.stepTime(1));
    byId("strip").addEventListener("click", (event) => toTime(event));
    new ResizeObserver(() => Math.abs(byId("strip").clientWidth - wide) > 2 && draw()).observe(byId("strip"));
    iovolc.listen(["channel"], draw);
    iovolc.listen(["epoch", "before", "mode"], tell);
    draw();
  };

  function step(position) {
    const epoch = mine[position];
    if (epoch) iovolc.set({ epoch: epoch.number, before: position > 0 ? mine[position - 1].number : -1 });
  }

  iovolc.stepTime = (by) => step(iovolc.clamp(place() + by, 0, mine.length - 1));
  const place = () => mine.findIndex((epoch) => epoch.number === iovolc.state.epoch);

  /* The axis of a set of looks: from a time to a place on the strip, with the years and the gaps. */
  iovolc.timeAxis = function (spans, wide, margin = 24) {
    const first = Math.min(...spans.map(([start]) => start)),
      last = Math.max(...spans.map(([, stop]) => stop));
    const room = Math.max(last - first, 86400e3);
    const at = (time) => margin + ((time - first) / room) * (wide - 2 * margin);
    const sorted = [...spans].sort((a, b) => a[0] - b[0]),
      gaps = [];
    let seen = sorted.length ? sorted[0][1] : 0;
    for (const [start, stop] of sorted) {
      if (start - seen > YEAR) gaps.push([seen, start]);
      seen = Math.max(seen, stop);
    }
    return {
      at,
      gaps,
      wide,
      ticks: ticks(first, last, Math.floor(wide / 60)),
      time: (x) => first + ((x - margin) / (wide - 2 * margin)) * room,
    };
  };

  /* The months or years to write on an axis that has room for `most` of them. */
  function ticks(first, last, most) {
    const years = (last - first) / YEAR;
    const found = [];
    if (years < 3) {
      const by = [1, 2, 3, 6].find((size) => (years * 12) / size <= most) || 12,
        date = new Date(first);
      for (let month = Math.floor(date.getUTCMonth() / by) * by; ; month += by) {
        const start = Date.UTC(date.getUTCFullYear(), month, 1);
        if (start > last) return found;
        if (start >= first) found.push([start, new Date(start).toISOString().slice(0, 7)]);
      }
    }
    const by = [1, 2, 5, 10, 20].find((size) => years / size <= most) || 50;
    for (let year = Math.ceil(new Date(first).getUTCFullYear() / by) * by; Date.UTC(year, 0, 1) <= last; year += by) {
      if (Date.UTC(year, 0, 1) >= first) found.push([Date.UTC(year, 0, 1), String(year)]);
    }
    return found;
  }

  /* The ground of every strip: years, and hatched gaps. */
  iovolc.axisParts = function (axis, top, bottom) {
    const parts = axis.gaps.map(([from, to]) =>
      makeSvg("rect", {
        class: "gap",
        x: axis.at(from),
        y: top,
        width: axis.at(to) - axis.at(from),
        height: bottom - top,
      }),
    );
    parts.push(makeSvg("line", { class: "axis", x1: 0, x2: axis.wide, y1: bottom, y2: bottom }));
    for (const [time, text] of axis.ticks) {
      parts.push(makeSvg("line", { class: "axis", x1: axis.at(time), x2: axis.at(time), y1: bottom, y2: bottom + 5 }));
      parts.push(makeSvg("text", { x: axis.at(time), y: bottom + 18, "text-anchor": "middle" }, text));
    }
    return parts;
  };

  let axis = null;
  function draw() {
    mine = iovolc.epochsOf(iovolc.state.channel);
    const slider = byId("time"),
      strip = byId("strip");
    slider.max = Math.max(0, mine.length - 1);
    slider.disabled = mine.length < 2;
    if (!mine.length) return strip.replaceChildren();
    const spans = mine.map((epoch) => [iovolc.timeOf(epoch.start), iovolc.timeOf(epoch.stop)]);
    wide = Math.max(280, strip.clientWidth || 1000);
    axis = iovolc.timeAxis(spans, wide);
    const bars = mine.map((epoch, i) => bar(epoch, ...spans[i]));
    strip.setAttribute("viewBox", "0 0 " + wide + " " + HIGH);
    strip.replaceChildren(
      ...iovolc.axisParts(axis, TOP, BOTTOM),
      ...bars,
      makeSvg("path", { id: "before-mark", class: "before-mark" }),
      makeSvg("path", { id: "now-mark", class: "now-mark" }),
    );
    byId("gaps").textContent = axis.gaps.length
      ? "Hatched: nobody looked in this channel for more than a year (" +
        axis.gaps.map(([from, to]) => day(from) + " to " + day(to)).join(", ") +
        ")."
      : "There is no gap of more than a year in this channel.";
    tell();
  }

  /* A look: as wide as its span, filled as high as the share of Io that was compared. */
  function bar(epoch, start, stop) {
    const width = Math.max(5, axis.at(stop) - axis.at(start)),
      x = (axis.at(start) + axis.at(stop) - width) / 2,
      full = BOTTOM - TOP;
    const told = epoch.share === null ? "nothing to compare with" : Math.round(100 * epoch.share) + " % of Io compared";
    const whole = makeSvg("rect", { class: epoch.share === null ? "alone" : "span", x, y: TOP, width, height: full });
    const part =
      epoch.share === null
        ? null
        : makeSvg("rect", { class: "look", x, y: BOTTOM - full * epoch.share, width, height: full * epoch.share });
    return makeSvg("g", {}, makeSvg("title", {}, iovolc.epochText(epoch) + ", " + told), whole, part);
  }

  const day = (time) => new Date(time).toISOString().slice(0, 10);

  function tell() {
    if (!mine.length) return;
    const at = place(),
      epoch = mine[at],
      slider = byId("time");
    if (!epoch) return;
    slider.value = at;
    const text = iovolc.epochText(epoch) + ", look " + (at + 1) + " of " + mine.length;
    slider.setAttribute("aria-valuetext", text);
    byId("time-text").textContent =
      text +
      (epoch.share === null
        ? "; nothing to compare it with"
        : "; " + Math.round(100 * epoch.share) + " % of Io compared with earlier looks");
    mark("now-mark", epoch);
    const before = iovolc.beforeEpoch();
    mark("before-mark", iovolc.state.mode !== "off" && before && before.channel === epoch.channel ? before : null);
    byId("earlier").disabled = at <= 0;
    byId("later").disabled = at >= mine.length - 1;
  }

  function mark(id, epoch) {
    const path = byId(id);
    if (!path) return;
    const x = epoch && axis.at((iovolc.timeOf(epoch.start) + iovolc.timeOf(epoch.stop)) / 2);
    path.setAttribute("d", epoch ? "M" + x + " " + BOTTOM + "V" + TOP + "l-6 -9h12l-6 9" : "");
  }

  function toTime(event) {
    if (!axis) return;
    const box = byId("strip").getBoundingClientRect(),
      time = axis.time(((event.clientX - box.left) / box.width) * wide);
    const away = (epoch) => {
      const start = iovolc.timeOf(epoch.start),
        stop = iovolc.timeOf(epoch.stop);
      return time < start ? start - time : time > stop ? time - stop : 0;
    };
    let best = 0;
    mine.forEach((epoch, i) => (best = away(epoch) < away(mine[best]) ? i : best));
    step(best);
  }
})();
