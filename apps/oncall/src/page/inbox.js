// Updates an open page and runs the queries of runbooks; the page works without it.
// All markup comes from the inbox's own pages, and through the one policy that the browser allows.
const policy = globalThis.trustedTypes?.createPolicy('inbox-pages', {
  createHTML: (text) => text,
});

/** Fetches and parses a page of this server; nothing in it runs. */
async function fetchPage(address) {
  const response = await fetch(address, { headers: { accept: 'text/html' } });
  const text = await response.text();
  const page = new DOMParser().parseFromString(policy?.createHTML(text) ?? text, 'text/html');
  return { page, status: response.status };
}

// Open details and the focus survive an update.
function rememberPlace(region) {
  const open = [...region.querySelectorAll('details[open]')].map(({ id }) => id);
  const focused = region.contains(document.activeElement) ? document.activeElement : undefined;
  const href = focused?.getAttribute('href');
  const owner = focused?.closest('[id]')?.id;
  return (updated) => {
    for (const id of open) updated.querySelector(`#${CSS.escape(id)}`)?.setAttribute('open', '');
    if (focused === undefined) return;
    const near = (owner && document.getElementById(owner)) || updated;
    const same = href && near.querySelector(`a[href="${CSS.escape(href)}"]`);
    (same || near.querySelector('summary') || near).focus?.({ preventScroll: true });
  };
}

function isSelecting() {
  const selection = getSelection();
  return selection !== null && !selection.isCollapsed;
}

// A click must end on the element where it started, so nothing moves under a pressed finger.
let isPressing = false;
let isPaused = false;
let isRefreshing = false;
// There was a change that this page could not show yet.
let isStale = false;

async function refresh() {
  if (isPaused || isSelecting() || document.hidden) return;
  if (isRefreshing || isPressing) {
    isStale = true;
    return;
  }
  isRefreshing = true;
  try {
    const { page, status } = await fetchPage(location.href);
    if (isPressing) isStale = true;
    else if (status === 200) applyPage(page);
  } catch {
    // The stream shows that the connection is lost; the next event refreshes again.
  } finally {
    isRefreshing = false;
    catchUp();
  }
}

function catchUp() {
  if (!isStale || isPressing) return;
  isStale = false;
  refresh();
}

function release() {
  // The click follows.
  setTimeout(() => {
    isPressing = false;
    catchUp();
  }, 100);
}

function applyPage(page) {
  document.title = page.title;
  const before = announcement(document);
  for (const region of document.querySelectorAll('[data-region]')) {
    const updated = page.getElementById(region.id);
    if (updated === null || updated.innerHTML === region.innerHTML) continue;
    const restorePlace = rememberPlace(region);
    const adopted = document.adoptNode(updated);
    region.replaceWith(adopted);
    restorePlace(adopted);
  }
  const after = announcement(document);
  if (after !== '' && after !== before) {
    document.getElementById('announcer').textContent = after;
  }
}

function announcement(page) {
  const text = page.querySelector('[data-announce]')?.textContent ?? '';
  return text.replace(/\s+/g, ' ').trim();
}

// Ages grow without events.
const ageIntervalMs = 10_000;

function followEvents() {
  const indicator = document.getElementById('live');
  const show = (state, text) => {
    indicator.hidden = false;
    indicator.className = `live ${state}`;
    indicator.textContent = text;
  };
  let source;
  let retry;
  function connect() {
    source = new EventSource('/events');
    source.onopen = () => {
      show('on', 'Live');
      refresh();
    };
    source.addEventListener('change', refresh);
    source.onerror = () => {
      show('off', 'Reconnecting…');
      // After a refusal the browser does not reconnect.
      if (source.readyState !== EventSource.CLOSED) return;
      clearTimeout(retry);
      retry = setTimeout(connect, 5_000);
    };
  }
  show('off', 'Connecting…');
  connect();
  setInterval(refresh, ageIntervalMs);
  document.addEventListener('visibilitychange', refresh);
  document.addEventListener('pointerdown', () => {
    isPressing = true;
  });
  for (const event of ['pointerup', 'pointercancel']) document.addEventListener(event, release);

  const pause = document.getElementById('pause');
  pause.hidden = false;
  pause.addEventListener('click', () => {
    isPaused = !isPaused;
    pause.textContent = isPaused ? 'Resume' : 'Pause';
    pause.setAttribute('aria-pressed', String(isPaused));
    refresh();
  });
}

async function runQuery(link) {
  const result = document.getElementById(link.dataset.result);
  if (link.getAttribute('aria-busy') === 'true') return;
  link.setAttribute('aria-busy', 'true');
  try {
    const { page, status } = await fetchPage(link.href);
    const found = page.getElementById('result');
    if (found === null) result.textContent = `The inbox answered ${status}. Reload the page.`;
    else result.replaceChildren(...document.adoptNode(found).childNodes);
  } catch {
    result.textContent = 'The inbox does not answer.';
  } finally {
    link.removeAttribute('aria-busy');
  }
}

const runLinkOf = ({ target }) =>
  target instanceof Element ? target.closest('a.run[data-result]') : null;

document.addEventListener('click', (event) => {
  const link = runLinkOf(event);
  // With a modifier key it opens in a new tab.
  if (link === null || event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  runQuery(link);
});

// Buttons are also pressed with the space bar.
document.addEventListener('keydown', (event) => {
  const link = runLinkOf(event);
  if (link === null || event.key !== ' ') return;
  event.preventDefault();
  runQuery(link);
});

if (document.body.hasAttribute('data-live')) followEvents();
