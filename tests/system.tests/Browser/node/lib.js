// What all programs here share: the browser, the input, pages that are watched, and questions to the test.
import { createInterface } from 'node:readline';
import { chromium } from 'playwright-core';

const [endpoint, file] = process.argv.slice(2);
const lines = createInterface({ input: process.stdin })[Symbol.asyncIterator]();
const problems = [];
const limit = 100_000;
const closed = new Map();
const kinds = new Map();
let browser;

/** What the test wants: as data, and where the console is; with isFullSize all of it, however long. */
export const { console: base, isFullSize, input } = JSON.parse(file);

/** Something is wrong; the program goes on, so that one run tells all of it. */
export const wrong = (where, what) => problems.push(`${where}: ${what}`);

/** Has the test do something to the system; what it answers. */
export async function ask(what) {
  console.log(`? ${what}`);
  return (await lines.next()).value;
}

/** A page at an address, by itself in its window. Whatever it must not do is a problem; with mayFail the console may be away; script runs before the page's own. */
export async function open(address, { status = 200, mayFail = false, script, ...options } = {}) {
  const kind = JSON.stringify({ ...options, script });
  // A window that was closed is used again: a new one takes more time than most pages.
  const page = closed.get(kind)?.pop() ?? await newPage(kind, options, script);
  watch(page, address, status, mayFail);
  console.log(`open ${address}`);
  const answer = await page.goto(base + address);
  if (answer.status() !== status) wrong(address, `the answer is ${answer.status()}, not ${status}`);
  return page;
}

/** Another page in the same window. */
export async function openBeside(page, address, { mayFail = false } = {}) {
  const tab = await page.context().newPage();
  watch(tab, address, 200, mayFail);
  await tab.goto(base + address);
  return tab;
}

/** Ends what open began. */
export async function close(page) {
  await page.waitForLoadState();
  page.removeAllListeners();
  const kind = kinds.get(page);
  closed.set(kind, [...closed.get(kind) ?? [], page]);
}

/** Waits for text in the page, and says how the page is when it does not come. */
export async function shows(page, text, timeout = 10_000) {
  try {
    await page.getByText(text).first().waitFor({ state: 'attached', timeout });
  } catch (error) {
    wrong(page.url(), `no "${text}" within ${timeout} ms, but ${(await page.locator('main').innerText()).slice(0, 600)}`);
  }
}

/** Runs a program, and fails with everything that was wrong. */
export async function run(program) {
  // Not everything that is asked of a browser has a limit of its own; what was done last is the last line.
  setTimeout(() => process.exit(2), limit).unref();
  browser = await chromium.connect(endpoint);
  try {
    await program();
  } finally {
    await browser.close();
    for (const problem of problems) console.log(`WRONG ${problem}`);
    process.exitCode = problems.length > 0 ? 1 : 0;
    process.stdin.destroy();
  }
}

async function newPage(kind, options, script) {
  const context = await browser.newContext({ viewport: { width: 1280, height: 900 }, ...options });
  if (script) await context.addInitScript({ path: script });
  const page = await context.newPage();
  kinds.set(page, kind);
  return page;
}

function watch(page, address, status, mayFail) {
  page.on('console', (message) => {
    // That the page itself is not 200 is expected where it is.
    const isAnswer = status !== 200 && message.text().includes(`status of ${status}`);
    const isLoss = mayFail && message.text().includes('net::ERR_');
    if (['error', 'warning'].includes(message.type()) && !isAnswer && !isLoss) wrong(address, `console: ${message.text()}`);
  });
  page.on('pageerror', (error) => wrong(address, `script: ${error.message}`));
  page.on('dialog', async (dialog) => {
    wrong(address, `dialog: ${dialog.message()}`);
    await dialog.dismiss();
  });
  page.on('request', (request) => {
    if (!request.url().startsWith(base)) wrong(address, `request to ${request.url()}`);
  });
}
