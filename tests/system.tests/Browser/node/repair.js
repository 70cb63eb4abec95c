// From a finding of the audit to the page that asks, and from there to what came of it.
import { base, close, input, open, run, shows, wrong } from './lib.js';

await run(async () => {
  const page = await open('/audit');
  await page.locator('form[action="/audit"] button').click();
  const link = page.getByRole('link', { name: input.link, exact: true });
  await link.waitFor({ timeout: 30_000 });
  await link.click();

  await page.waitForURL(base + input.page);
  await shows(page, input.eventId);
  await shows(page, '"operation": "RESTORE"');
  await page.locator('form[action="/repair"] button').click();

  await shows(page, 'Read again afterwards', 30_000);
  await shows(page, input.effect);
  if (!(await page.locator('.notice').innerText()).startsWith('Given back')) wrong('/repair', `it says ${await page.locator('.notice').innerText()}`);
  if (await page.locator('form[action="/repair"]').count() > 0) wrong('/repair', 'it asks again for what is done');
  await close(page);
});
