/* What is known of the chosen event or place. */
"use strict";
(function () {
  const { byId, make } = iovolc;
  let turn = 0; // of the latest choice: an answer that comes late is dropped

  iovolc.startDetail = function () {
    iovolc.listen(["event", "spot", "place", "sense"], show);
    iovolc.listen(["size", "contrast", "rank"], () => (iovolc.state.place || iovolc.state.event) && show());
    show();
  };

  async function show() {
    const { state } = iovolc,
      mine = ++turn;
    const event = iovolc.events.find((one) => one.event_id === state.event);
    const spot = iovolc.index.spots.rows.find((one) => one.site_id === state.spot);
    const place = state.place ? state.place.split(",").map(Number) : null;
    const there =
      place && place.length === 2 && place.every(isFinite)
        ? { lat: iovolc.clamp(place[0], -90, 90), lon_e: place[1] }
        : null;
    Object.assign(iovolc.scene, { chosen: event || spot || there, outline: null });
    iovolc.redraw();
    const parts = event
      ? await eventParts(event, mine)
      : spot
        ? await iovolc.spotParts(spot)
        : there
          ? await placeParts(there)
          : null;
    if (mine !== turn) return;
    byId("detail-body").replaceChildren(...(parts || []));
    const line = event
      ? "Chosen: " +
        event.kind +
        ", tier " +
        event.tier +
        ", at " +
        iovolc.placeText(event.lat, event.lon_e, state.sense)
      : spot
        ? "Chosen: hot spot " + (spot.name || spot.site_id)
        : there
          ? "Chosen: the place " + iovolc.placeText(there.lat, there.lon_e, state.sense)
          : "";
    for (const part of [byId("detail"), byId("chosen")]) part.hidden = !line;
    byId("chosen").replaceChildren(
      ...(line ? [line + ". ", make("a", { href: "#detail", onclick: iovolc.jump }, "What is known of it")] : []),
    );
  }

  iovolc.jump = function (press) {
    press.preventDefault();
    const target = byId(press.currentTarget.getAttribute("href").slice(1));
    target.scrollIntoView({ behavior: iovolc.calm() ? "auto" : "smooth", block: "start" });
    target.focus({ preventScroll: true });
  };

  /* The width of drawings there, in CSS pixels. */
  iovolc.roomInDetail = () => iovolc.clamp(byId("maps-part").clientWidth - 40, 280, 1000);

  /* Brings what is chosen into view, and the reader's focus to it. */
  iovolc.toDetail = function () {
    byId("detail").hidden = false;
    byId("detail").scrollIntoView({ behavior: iovolc.calm() ? "auto" : "smooth", block: "start" });
    byId("detail").focus({ preventScroll: true });
  };

  async function eventParts(event, mine) {
    const chunk = iovolc.index.events.chunk,
      held = await iovolc.load("events/" + String(Math.floor(event.order / chunk)).padStart(4, "0"));
    if (mine !== turn) return null;
    if (!held)
      return [
        make(
          "p",
          {},
          "The details of this event could not be read: the folder “data” beside this page is not complete.",
        ),
      ];
    const detail = held[event.order % chunk],
      { state } = iovolc;
    iovolc.scene.outline = detail.outline;
    iovolc.redraw();
    return [
      make(
        "h3",
        {},
        make("span", { class: "tier " + event.tier }, event.tier),
        " " + event.kind + " at " + iovolc.placeText(event.lat, event.lon_e, state.sense),
      ),
      make("p", { class: "small" }, event.event_id + " · " + event.status + " · the place: " + event.activity),
      make(
        "p",
        { class: "buttons" },
        make(
          "button",
          { type: "button", onclick: () => iovolc.lookAt(event.lon_e, event.lat, Math.max(state.zoom, 3)) },
          "Turn the maps to it",
        ),
        make("button", { type: "button", onclick: () => compareOn(event, detail) }, "Before and after on the maps"),
      ),
      ...pictures(event, detail),
      make(
        "div",
        { class: "told" },
        make(
          "div",
          {},
          make("h4", {}, "Numbers"),
          make(
            "dl",
            { class: "facts" },
            ...detail.facts.map(([label, value]) => make("div", {}, make("dt", {}, label), make("dd", {}, value))),
          ),
        ),
        make(
          "div",
          {},
          make("h4", {}, "Why it is listed"),
          make("ul", {}, ...detail.evidence.map((text) => make("li", {}, text))),
        ),
      ),
      more("Detections (" + detail.detections.length + ")", detections(detail.detections, event)),
      more(
        "Could it have been seen here before?",
        make("div", {}, ...(await iovolc.historyParts(event.lat, event.lon_e))),
      ),
      more("The full account, as “iovolc explain” tells it", make("pre", { tabindex: 0 }, detail.explain)),
      make("p", {}, make("a", { href: "#events", onclick: iovolc.jump }, "Back to the events")),
    ];
  }

  const more = (title, content) => make("details", {}, make("summary", {}, title), content);

  function detections(rows, event) {
    const names = [
      ["observation", "Epoch"],
      ["channel", "Channel"],
      ["contrast", "Contrast"],
      ["snr", "Signal / noise"],
      ["p_value", "p"],
      ["resolution", "Resolution, km"],
      ["references", "Compared with"],
    ];
    return make(
      "div",
      { class: "scroll", tabindex: 0, role: "region", "aria-label": "Detections of " + event.event_id },
      make(
        "table",
        {},
        make("thead", {}, make("tr", {}, ...names.map(([, name]) => make("th", { scope: "col" }, name)))),
        make(
          "tbody",
          {},
          ...rows.map((row) =>
            make("tr", {}, ...names.map(([key], i) => make(i ? "td" : "th", i ? {} : { scope: "row" }, row[key]))),
          ),
        ),
      ),
    );
  }

  /* The three cut-outs: the run's own figure, or for weaker events the page's maps. */
  function pictures(event, detail) {
    const words =
      event.kind +
      " of " +
      iovolc.withSigma(event.area_km2, event.area_sigma_km2, "km²") +
      " at " +
      iovolc.placeText(event.lat, event.lon_e, iovolc.state.sense);
    if (detail.picture) {
      const source = "figures/" + detail.picture;
      const picture = make("img", {
        src: source,
        width: 1232,
        height: 495,
        alt: "Before, after and difference: " + words + ". The outline is its footprint.",
      });
      const close = make("div", {
        class: "blinker",
        role: "img",
        "aria-label": "Before",
        style: "background-image:url('" + source + "')",
        hidden: true,
      });
      let phase = 0;
      const press = () => {
        close.hidden = false;
        phase = 1 - phase;
        close.classList.toggle("after", phase === 0);
        close.setAttribute("aria-label", phase ? "Before" : "After");
        button.textContent = phase ? "Now: before. Show after" : "Now: after. Show before";
      };
      const button = make("button", { type: "button", onclick: press }, "Flip between before and after");
      return [make("figure", {}, make("a", { href: source }, picture)), make("p", { class: "buttons" }, button), close];
    }
    return iovolc.cutouts(event, detail, words);
  }

  function compareOn(event, detail) {
    const numberOf = (id) => iovolc.index.epochs.findIndex((epoch) => epoch.id === id);
    const after = numberOf(detail.after),
      before = numberOf(detail.before);
    iovolc.lookAt(event.lon_e, event.lat, Math.max(iovolc.state.zoom, 3));
    if (after < 0) return;
    const kind = iovolc.index.epochs[after].layers.value ? "value" : iovolc.state.kind;
    iovolc.set({
      kind,
      channel: iovolc.index.epochs[after].channel,
      epoch: after,
      before,
      mode: before >= 0 ? (iovolc.state.mode === "off" ? "swipe" : iovolc.state.mode) : "off",
    });
    byIdScroll("maps");
  }

  function byIdScroll(id) {
    byId(id).scrollIntoView({ behavior: iovolc.calm() ? "auto" : "smooth", block: "start" });
  }

  async function placeParts(there) {
    const { sense } = iovolc.state;
    const near = [...iovolc.events]
      .map((event) => [iovolc.awayDegrees(event.lon_e, event.lat, there.lon_e, there.lat), event])
      .sort((a, b) => a[0] - b[0])
      .slice(0, 3);
    const km = (degrees) => Math.round((degrees * Math.PI * iovolc.index.radius_km) / 180);
    return [
      make("h3", {}, "The place " + iovolc.placeText(there.lat, there.lon_e, sense)),
      make("p", { class: "small" }, iovolc.lonText(there.lon_e, sense === "e" ? "w" : "e") + " in the other sense"),
      make("h4", {}, "When could a change have been seen here?"),
      ...(await iovolc.historyParts(there.lat, there.lon_e)),
      ...(near.length
        ? [
            make("h4", {}, "Nearest events"),
            make(
              "ul",
              {},
              ...near.map(([away, event]) =>
                make(
                  "li",
                  {},
                  make(
                    "button",
                    {
                      type: "button",
                      class: "link",
                      onclick: () => iovolc.set({ event: event.event_id, place: "", spot: "" }),
                    },
                    event.event_id,
                  ),
                  " " + event.kind + ", tier " + event.tier + ", " + km(away) + " km away",
                ),
              ),
            ),
          ]
        : []),
    ];
  }
})();
