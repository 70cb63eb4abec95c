// The demo of the README: orders are placed, three things are broken, and the audit finds nothing.
import { close, input, open, run, wrong } from './lib.js';

const patience = 40_000;

await run(async () => {
  // An app that is away is what this page shows.
  const page = await open('/crash');
  const count = async (id) => Number((await page.locator(`#${id}`).innerText()).replaceAll(',', ''));
  const until = async (what, isSo) => {
    const end = Date.now() + patience;
    while (!await isSo()) {
      if (Date.now() > end) return wrong('/crash', `not within ${patience} ms: ${what}; ${await page.locator('.tiles').innerText()}`);
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  };
  const more = async (what) => {
    const before = await count('decided');
    await until(`40 more are decided after ${what}`, async () => await count('decided') >= before + 40);
  };

  await page.click('#load');
  await more('the start');
  for (const fault of input.faults) {
    await page.click(`#${fault}`);
    await until(`${fault} is shown`, async () => await page.locator('.timeline > li').count() > input.faults.indexOf(fault));
    await more(fault);
  }
  if (input.picture) await page.screenshot({ path: input.picture, clip: { x: 0, y: 0, width: 1280, height: 760 } });

  await page.click('#load');
  await until('all are decided', async () => await count('accepted') === await count('decided') && await page.locator('#load').innerText() !== 'Stop the load');
  for (const id of ['lost', 'doubled']) if (await count(id) !== 0) wrong('/crash', `${id} is ${await count(id)}`);
  if (await count('repeated') === 0) wrong('/crash', 'nothing was sent again, so nothing was broken');
  await page.click('#audit');
  await until('the audit passes', async () => await page.locator('#verdict').innerText() === 'PASS');
  await close(page);
});
