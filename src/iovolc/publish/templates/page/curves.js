/* Light curves as drawings: error bars, limits as arrows, gaps hatched. */
"use strict";
(function () {
  const { makeSvg } = iovolc;
  const HIGH = 360,
    LEFT = 74,
    TOP = 14,
    BOTTOM = 316;
  const QUANTITIES = [
    ["radiance_gw_um_sr", "sigma_gw_um_sr", "Intensity, GW/µm/sr"],
    ["power_gw", "power_sigma_gw", "Power, GW"],
    ["relative_value", "relative_sigma", "Brightness, own unit of the observation"],
  ];

  /* The quantities that a curve has, with its looks: [{label, looks: [{time, value, sigma, limit, band, ...}]}]. */
  iovolc.curvesOf = function (rows) {
    const names = iovolc.index.spots.look;
    const looks = rows.map((row) => Object.fromEntries(names.map((name, i) => [name, row[i]])));
    return QUANTITIES.map(([value, sigma, label]) => ({
      label,
      looks: looks
        .filter((look) => look[value] !== null)
        .map((look) => ({ ...look, time: iovolc.timeOf(look.time_utc), value: look[value], sigma: look[sigma] })),
    })).filter((curve) => curve.looks.length);
  };

  iovolc.drawCurve = function (curve, name) {
    const wide = iovolc.roomInDetail(),
      { looks } = curve,
      axis = iovolc.timeAxis(
        looks.map(({ time }) => [time, time]),
        wide - LEFT,
      );
    const at = (time) => LEFT + axis.at(time),
      scale = valueScale(looks);
    const bands = [...new Set(looks.map((look) => look.band))].sort();
    const spot = Object.fromEntries(
      bands.map((band, i) => [band, { colour: iovolc.index.bands[i % 7], shape: i % 4 }]),
    );
    const parts = axis.gaps.map(([from, to]) =>
      makeSvg("rect", { class: "gap", x: at(from), y: TOP, width: at(to) - at(from), height: BOTTOM - TOP }),
    );
    for (const value of scale.ticks) {
      parts.push(makeSvg("line", { class: "grid", x1: LEFT, x2: wide - 8, y1: scale.at(value), y2: scale.at(value) }));
      parts.push(makeSvg("text", { x: LEFT - 8, y: scale.at(value) + 4, "text-anchor": "end" }, tickText(value)));
    }
    parts.push(makeSvg("line", { class: "axis", x1: LEFT, x2: wide - 8, y1: BOTTOM, y2: BOTTOM }));
    for (const [time, text] of axis.ticks)
      parts.push(makeSvg("text", { x: at(time), y: BOTTOM + 18, "text-anchor": "middle" }, text));
    parts.push(
      makeSvg(
        "text",
        {
          x: 14,
          y: (TOP + BOTTOM) / 2,
          transform: "rotate(-90 14 " + (TOP + BOTTOM) / 2 + ")",
          "text-anchor": "middle",
        },
        curve.label,
      ),
    );
    for (const look of looks) parts.push(mark(look, at(look.time), scale, spot[look.band]));
    bands.forEach((band, i) =>
      parts.push(
        makeSvg(
          "g",
          { transform: "translate(" + (LEFT + 12 + 120 * i) + " " + (BOTTOM + 36) + ")" },
          shape(spot[band].shape, 0, 0, spot[band].colour),
          makeSvg("text", { x: 10, y: 4 }, band),
        ),
      ),
    );
    const seen = looks.filter((look) => look.limit === "detection").length;
    const words =
      "Light curve of " +
      name +
      ", " +
      curve.label +
      ": " +
      seen +
      " detections and " +
      (looks.length - seen) +
      " limits from " +
      looks[0].time_utc.slice(0, 10) +
      " to " +
      looks[looks.length - 1].time_utc.slice(0, 10) +
      ". The table below holds the numbers.";
    return makeSvg(
      "svg",
      { viewBox: "0 0 " + wide + " " + (HIGH + 6), class: "curve", role: "img", "aria-label": words },
      ...parts,
    );
  };

  /* Logarithmic where the values span more than a factor of thirty. */
  function valueScale(looks) {
    const positive = looks.map((look) => look.value).filter((value) => value > 0);
    const most = Math.max(...looks.map((look) => look.value + (look.sigma || 0))),
      least = Math.min(...looks.map((look) => look.value - (look.sigma || 0)));
    if (positive.length === looks.length && Math.max(...positive) > 30 * Math.min(...positive)) {
      const low = Math.log10(Math.min(...positive)) - 0.15,
        high = Math.log10(most) + 0.1,
        ticks = [];
      for (let power = Math.floor(low); power <= high; power++)
        for (const digit of high - low > 3 ? [1] : [1, 3]) ticks.push(digit * 10 ** power);
      const at = (value) => BOTTOM - ((Math.log10(Math.max(value, 10 ** low)) - low) / (high - low)) * (BOTTOM - TOP);
      return { at, ticks: ticks.filter((tick) => Math.log10(tick) >= low && Math.log10(tick) <= high) };
    }
    const low = Math.min(0, least),
      room = (most - low || 1) * 1.06,
      rough = room / 5;
    const step = [1, 2, 5, 10].map((size) => size * 10 ** Math.floor(Math.log10(rough))).find((size) => size >= rough),
      ticks = [];
    for (let tick = Math.ceil(low / step) * step; tick <= low + room; tick += step) ticks.push(tick);
    return { at: (value) => BOTTOM - ((value - low) / room) * (BOTTOM - TOP), ticks };
  }

  /* Large values as powers of ten, so that they keep clear of the axis's name. */
  function tickText(value) {
    if (Math.abs(value) < 1e5) return String(Number(value.toPrecision(3)));
    const power = Math.floor(Math.log10(Math.abs(value)) + 1e-9),
      digits = Number((value / 10 ** power).toPrecision(3)),
      raised = [...String(power)].map((digit) => "⁰¹²³⁴⁵⁶⁷⁸⁹"[digit]).join("");
    return (digits === 1 ? "" : digits + "·") + "10" + raised;
  }

  function mark(look, x, scale, { colour, shape: form }) {
    const y = scale.at(look.value),
      parts = [];
    if (look.limit === "detection") {
      if (look.sigma)
        parts.push(
          makeSvg("path", {
            d: "M" + x + " " + scale.at(look.value - look.sigma) + "V" + scale.at(look.value + look.sigma),
            stroke: colour,
            "stroke-width": 1.4,
          }),
        );
      parts.push(shape(form, x, y, colour));
    } else {
      const tip = look.limit === "upper" ? 20 : -20;
      parts.push(
        makeSvg("path", {
          d:
            "M" +
            (x - 5) +
            " " +
            y +
            "h10M" +
            x +
            " " +
            y +
            "v" +
            tip +
            "m-4 " +
            -tip / 4 +
            "l4 " +
            tip / 4 +
            "l4 " +
            -tip / 4,
          stroke: colour,
          "stroke-width": 1.4,
          fill: "none",
        }),
      );
    }
    const value =
      (look.limit === "upper" ? "less than " : look.limit === "lower" ? "more than " : "") +
      Number(look.value.toPrecision(4)) +
      (look.sigma ? " ± " + Number(look.sigma.toPrecision(2)) : "");
    return makeSvg(
      "g",
      {},
      ...parts,
      makeSvg("title", {}, look.time_utc.slice(0, 16) + ", " + look.band + ": " + value),
    );
  }

  function shape(form, x, y, colour) {
    const at = { fill: colour, stroke: "var(--card)", "stroke-width": 1 };
    if (form === 0) return makeSvg("circle", { cx: x, cy: y, r: 5, ...at });
    if (form === 1) return makeSvg("rect", { x: x - 4.5, y: y - 4.5, width: 9, height: 9, ...at });
    const points =
      form === 2
        ? [
            [0, -6],
            [5.5, 4.5],
            [-5.5, 4.5],
          ]
        : [
            [0, -6.5],
            [5, 0],
            [0, 6.5],
            [-5, 0],
          ];
    return makeSvg("polygon", { points: points.map(([dx, dy]) => x + dx + "," + (y + dy)).join(" "), ...at });
  }
})();
