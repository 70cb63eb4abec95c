// Keeps a page as the system is: hears of changes while somebody looks at it, and has htmx read it again.
(() => {
  'use strict';
  const firstPause = 500;
  const longestPause = 5_000;
  let stream;
  let timer;
  let pause = firstPause;
  let place;
  let reading;
  let isMissed = false;

  const page = () => document.getElementById('page');

  // htmx forgets what waits for an element that it replaces, so what is told while the page is read waits here.
  function read() {
    if (reading === page()) {
      isMissed = true;
      return;
    }

    reading = page();
    htmx.trigger(reading, 'changed');
  }

  // The page was not read: the stream says again that it changed.
  function fail() {
    reading = undefined;
    isMissed = false;
    later();
  }

  // A browser has six connections to the console: a tab that nobody looks at leaves its own to the others.
  function listen() {
    stop();
    // The address says what is shown now, so nothing that happens while nobody listens is missed.
    const address = page().dataset.live;
    if (!address || document.hidden) return;
    stream = new EventSource(address);
    stream.onopen = () => {
      // It may be another console now, which takes no forms of the one before.
      if (pause !== firstPause) read();
      pause = firstPause;
    };
    stream.onerror = later;
    stream.addEventListener('changed', read);
  }

  function stop() {
    clearTimeout(timer);
    stream?.close();
  }

  function later() {
    stop();
    timer = setTimeout(listen, pause);
    pause = Math.min(pause * 2, longestPause);
  }

  // Elements are new after a swap; these are the same to whoever looks.
  const marks = ['href', 'name', 'aria-label'];
  const same = (root, element) => [...root.querySelectorAll(element.tagName)].filter((other) => marks.every((mark) => other.getAttribute(mark) === element.getAttribute(mark)));

  function remember() {
    const active = document.activeElement;
    const isInside = page().contains(active) && active !== page();
    place = {
      active: isInside && active,
      number: isInside && same(page(), active).indexOf(active),
      scrolled: [...page().querySelectorAll('.scroll')].map((element) => element.scrollLeft),
    };
  }

  function restore() {
    if (!place) return;
    for (const [i, element] of page().querySelectorAll('.scroll').entries()) element.scrollLeft = place.scrolled[i] ?? 0;
    // A form that was kept has its focus, too, where the browser can move elements as they are.
    if (place.active && !page().contains(document.activeElement)) (same(page(), place.active)[place.number] ?? page()).focus({ preventScroll: true });
    place = undefined;
  }

  document.addEventListener('htmx:beforeSwap', ({ detail }) => {
    if (detail.target !== page()) return;
    const next = new DOMParser().parseFromString(detail.serverResponse, 'text/html');
    if (!next.getElementById('page')) {
      detail.shouldSwap = false;
      fail();
      return;
    }

    // What was typed into a form stays, but a console that was started again takes only its own token.
    for (const token of page().querySelectorAll('form[hx-preserve] [name=__RequestVerificationToken]')) token.value = next.getElementById(token.form.id)?.elements.namedItem(token.name)?.value ?? token.value;
    remember();
  });
  document.addEventListener('htmx:afterSwap', restore);
  document.addEventListener('htmx:afterSettle', () => {
    if (!isMissed) return;
    isMissed = false;
    read();
  });
  document.addEventListener('htmx:sendError', fail);
  document.addEventListener('visibilitychange', listen);
  listen();
})();
