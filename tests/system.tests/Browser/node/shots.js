// Makes the pictures of the documents.
import { input, open, run, shows } from './lib.js';

await run(async () => {
  const audit = await open('/audit');
  await audit.locator('form[action="/audit"] button').click();
  await shows(audit, 'The last audit', 30_000);
  for (const { path, file, height, text } of input.pictures) {
    const page = await open(path, { viewport: { width: 1280, height }, colorScheme: 'light' });
    await shows(page, text);
    // No taller than what is on it.
    const end = await page.evaluate(() => Math.ceil(document.querySelector('main').getBoundingClientRect().bottom));
    await page.screenshot({ path: file, clip: { x: 0, y: 0, width: 1280, height: Math.min(height, end) } });
  }
});
