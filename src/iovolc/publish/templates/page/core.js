/* What all scripts of the page share: the loading of data, and the making of elements.
 *
 * Data come as scripts that call iovolc.receive, since a page that was opened from disk may fetch nothing.
 * Texts reach the page as text nodes only: a name from a catalogue can never become markup. */
"use strict";
var iovolc = {};

(function () {
  const held = new Map(); // what has come
  const asked = new Map(); // promises of what was asked for
  let under_way = 0;

  /* Counts a promise among what is under way, as long as it is. */
  iovolc.counted = function (promise) {
    under_way++;
    return promise.finally(() => under_way--);
  };
  iovolc.isBusy = () => under_way > 0;

  iovolc.receive = function (name, value) {
    held.set(name, value);
  };

  /* A promise of data/<name>.js; null if the file cannot be read. */
  iovolc.load = function (name) {
    if (!asked.has(name)) {
      asked.set(
        name,
        held.has(name) ? Promise.resolve(held.get(name)) : iovolc.counted(new Promise((done) => inject(name, done))),
      );
    }
    return asked.get(name);
  };

  function inject(name, done) {
    const script = document.createElement("script");
    script.src = "data/" + name + ".js";
    script.onload = () => finish(held.has(name) ? held.get(name) : null);
    script.onerror = () => finish(null);
    document.head.append(script);

    function finish(value) {
      script.remove();
      held.delete(name);
      done(value);
    }
  }

  iovolc.byId = (id) => document.getElementById(id);

  /* An element with attributes and children; strings become text. */
  iovolc.make = function (tag, attributes, ...children) {
    const element = document.createElement(tag);
    fill(element, attributes, children);
    return element;
  };

  iovolc.makeSvg = function (tag, attributes, ...children) {
    const element = document.createElementNS("http://www.w3.org/2000/svg", tag);
    fill(element, attributes, children);
    return element;
  };

  function fill(element, attributes, children) {
    for (const [name, value] of Object.entries(attributes || {})) {
      if (value === null || value === undefined || value === false) continue;
      if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
      else element.setAttribute(name, value === true ? "" : String(value));
    }
    element.append(...children.filter((child) => child !== null && child !== undefined));
  }

  iovolc.options = function (select, pairs, chosen) {
    select.replaceChildren(
      ...pairs.map(([value, text]) =>
        iovolc.make("option", { value, selected: String(value) === String(chosen) }, text),
      ),
    );
  };

  /* Calls a function once per frame, however often it is asked for. */
  iovolc.oncePerFrame = function (work) {
    let waiting = false;
    return function () {
      if (waiting) return;
      waiting = true;
      requestAnimationFrame((now) => {
        waiting = false;
        work(now);
      });
    };
  };

  /* Calls `work` now, and again for as long as `element` is on the page whenever a part of a map has come. */
  const waiting = new Set();
  iovolc.whenNews = function (element, work) {
    waiting.add([element, work, false]);
    work();
  };
  iovolc.news = iovolc.oncePerFrame(() => {
    for (const pair of waiting) {
      if (pair[0].isConnected)
        pair[2] = true; // it was on the page
      else if (pair[2]) waiting.delete(pair);
      pair[1]();
    }
    if (iovolc.redraw) iovolc.redraw();
  });

  iovolc.clamp = (value, low, high) => Math.min(high, Math.max(low, value));
  iovolc.eastOf = (lon) => ((((lon + 180) % 360) + 360) % 360) - 180;
  iovolc.calm = () => matchMedia("(prefers-reduced-motion: reduce)").matches;
  iovolc.style = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();
})();
