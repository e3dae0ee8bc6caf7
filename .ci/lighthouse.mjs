// Judges pages in one Chromium: a line in is a URL and a form, a line out is the report, or {}.

import { createInterface } from "node:readline";
import { launch } from "chrome-launcher";
import lighthouse, { desktopConfig } from "lighthouse";

const [chromePath, ...onlyCategories] = process.argv.slice(2);
const chromeFlags = ["--headless=new", "--no-sandbox"];
const chrome = await launch({ chromePath, chromeFlags });
const flags = { port: chrome.port, onlyCategories, logLevel: "error" };

for await (const line of createInterface({ input: process.stdin })) {
  const { url, form } = JSON.parse(line);
  const config = form === "desk" ? desktopConfig : undefined;
  const run = await lighthouse(url, flags, config).catch((error) => console.error(error));
  console.log(JSON.stringify(run?.lhr ?? {}));
}
chrome.kill();
