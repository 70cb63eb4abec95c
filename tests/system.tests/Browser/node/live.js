// Pages that are open while the system changes. None of them is loaded again: what happens to it comes by itself.
import { ask, base, close, input, open, openBeside, run, shows, wrong } from './lib.js';

const soon = 1_000;

const parts = { changes, overtaken, types, restarts, outage, tabs };

await run(async () => {
  await parts[input.part]();
});

// What was there before the first change is there after it only when the page was not loaded again.
async function mark(page) {
  await page.evaluate(() => (window.isSame = true));
  return async (what) => {
    if (!(await page.evaluate(() => window.isSame))) wrong(what, 'the page was loaded again');
  };
}

/** A change that the API shows is on the open page within a second. */
async function changes() {
  const list = await open(`/orders?user=${input.user}`);
  const isSame = await mark(list);
  for (let i = 0; i < 3; i++) {
    const id = await ask('place');
    await appears(list, `a[href="/orders/${id}"]`, 'an order in the list');
    const order = await open(`/orders/${id}`);
    await ask(`cancel ${id}`);
    await appears(order, '.state .status:text("CANCELLED")', 'the status of an order');
    await close(order);
  }
  await isSame('the list');
}

/** A change that is told while the page is being read again, for the one before, is on it as well. */
async function overtaken() {
  const page = await open(`/orders?user=${input.user}`);
  const isSame = await mark(page);
  const network = await page.context().newCDPSession(page);
  await network.send('Network.enable');
  const told = new Set();
  network.on('Network.eventSourceMessageReceived', ({ data }) => told.add(data));
  const version = async () => /version=([0-9a-f]+)/.exec(await (await fetch(`${base}/orders?user=${input.user}`)).text())[1];
  let second;
  await page.route((url) => url.pathname === '/orders', async (route) => {
    if (second !== undefined) return route.continue();
    second = '';
    const answer = await route.fetch();
    second = await ask('place');
    // What is told is how things stand at some moments: an order that is decided soon may never be told as PENDING.
    while (!told.has(await version())) await new Promise((resolve) => setTimeout(resolve, 50));
    await route.fulfill({ response: answer });
  });
  const first = await ask('place');
  // With it comes what was read before the second order was told.
  await appears(page, `a[href="/orders/${first}"]`, 'the first order', 2 * soon);
  await appears(page, `a[href="/orders/${second}"]`, 'the order that came while the page was read');
  await isSame('the list');
}

async function appears(page, selector, what, limit = soon) {
  const began = performance.now();
  await page.locator(selector).first().waitFor({ timeout: 10_000 }).catch(() => {});
  const took = Math.round(performance.now() - began);
  console.log(`${what} after ${took} ms`);
  if (took > limit) wrong(what, `only after ${took} ms`);
}

/** Whoever types or is somewhere with the keyboard stays there when the page changes. */
async function types() {
  const page = await open(`/orders?user=${input.user}`);
  const isSame = await mark(page);
  const key = page.locator('[name=key]');
  await key.pressSequentially('half a wo');
  await key.press('ArrowLeft');
  await ask('place').then((id) => page.locator(`a[href="/orders/${id}"]`).first().waitFor());
  await page.keyboard.type('.');
  if (await key.inputValue() !== 'half a w.o') wrong('the search form', `it has "${await key.inputValue()}"`);

  const link = page.locator('main a[href^="/orders/"]').last();
  const href = await link.getAttribute('href');
  await link.focus();
  await ask('place').then((id) => page.locator(`a[href="/orders/${id}"]`).first().waitFor());
  const focused = await page.evaluate(() => document.activeElement.getAttribute('href'));
  if (focused !== href) wrong('a link', `the focus went to ${focused}`);

  // What nobody can be at goes, too.
  await page.evaluate(() => document.querySelector('main').prepend(document.createElement('div')));
  await page.getByRole('region', { name: 'Orders' }).focus();
  await ask('place').then((id) => page.locator(`a[href="/orders/${id}"]`).first().waitFor());
  const region = await page.evaluate(() => document.activeElement.getAttribute('aria-label'));
  if (region !== 'Orders') wrong('the list', `the focus went to ${region}`);
  await isSame('the list');
}

/** The console is killed or stopped, and started again: the page goes on, and so do its forms. */
async function restarts() {
  const page = await open(`/orders?user=${input.user}`, { mayFail: true });
  const form = await openBeside(page, '/audit', { mayFail: true });
  await form.locator('[name=users]').fill('x,y');
  const token = await form.locator('[name=__RequestVerificationToken]').inputValue();
  const isSame = await mark(page);
  for (const end of ['kill', 'stop']) {
    await ask(`${end} console`);
    const id = await ask('place');
    await ask('start console');
    await page.locator(`a[href="/orders/${id}"]`).first().waitFor({ timeout: 15_000 });
  }

  await isSame('the list');

  await form.waitForFunction((before) => document.querySelector('[name=__RequestVerificationToken]').value !== before, token, { timeout: 15_000 });
  if ((await form.locator('[name=users]').inputValue()) !== 'x,y') wrong('the form', 'what was typed is gone');
  await form.locator('form[action="/audit"] button').click();
  await shows(form, 'The last audit', 20_000);
}

/** An app is down: the page says since when, and goes on when it is back. */
async function outage() {
  const page = await open(`/orders/${input.order}`);
  const isSame = await mark(page);
  await ask('kill inventory-app');
  await shows(page, 'has not answered since', 10_000);
  await shows(page, 'Not shown: its stock operations.');
  await ask('start inventory-app');
  await page.locator('.notice.bad').waitFor({ state: 'detached', timeout: 15_000 });
  await isSame('the order');
}

/** Ten tabs in one window, of which one is looked at; a browser has six connections to a host. */
async function tabs() {
  const all = [await open(`/orders?user=${input.user}`)];
  while (all.length < 10) {
    await look(all.at(-1), true);
    all.push(await openBeside(all[0], `/orders?user=${input.user}`));
  }

  await look(all.at(-1), true);
  const id = await ask('place');
  await look(all[0], false);
  await appears(all[0], `a[href="/orders/${id}"]`, 'an order in the first of ten tabs');
}

// Without a screen Chromium never hides a tab by itself.
function look(page, isHidden) {
  return page.evaluate((hidden) => {
    Object.defineProperty(document, 'hidden', { configurable: true, value: hidden });
    document.dispatchEvent(new Event('visibilitychange'));
  }, isHidden);
}
