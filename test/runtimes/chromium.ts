import type { Page } from 'playwright-core';
import { launchChromium } from '../support/chromium.js';
import type { Collector } from './collector.js';
import { type AreaReport, type Report, withoutModules } from './program/report.js';
import { buildPart, type Part, type Project } from './project.js';

const PARTS: readonly Part[] = ['core', 'effect', 'zone', 'instrumentation'];
const MAIN = 'globalThis.reported = report(areas);';

/** Runs the program in Chromium, each part in a page whose origin is not that of the collector. */
export async function runInChromium(project: Project, collector: Collector): Promise<Report> {
  const browser = await launchChromium();
  try {
    const origin = collector.url.replace('127.0.0.1', 'localhost');
    const reports: Record<string, AreaReport> = {};
    for (const part of PARTS) {
      const content = await bundle(part, project, collector);
      const page = await browser.newPage();
      await page.goto(origin);
      Object.assign(reports, content.missing ?? (await runPart(page, content.text)));
      await page.close();
    }
    return reports;
  } finally {
    await browser.close();
  }
}

/** A part of the program, or the report of one for which there are modules missing. */
async function bundle(
  part: Part,
  project: Project,
  collector: Collector,
): Promise<{ text: string; missing?: never } | { missing: Report }> {
  try {
    const text = await buildPart(project, {
      part,
      place: { url: collector.url, name: 'Chromium' },
      main: MAIN,
      first: part === 'zone' ? 'zone.js' : undefined,
      build: { format: 'esm', platform: 'browser', target: 'esnext', logLevel: 'silent' },
    });
    return { text };
  } catch (error) {
    const module = /Could not resolve "(node:[^"]+)"/.exec(String(error))?.[1];
    if (module === undefined) throw error;
    return { missing: withoutModules(`There is no module '${module}'.`) };
  }
}

async function runPart(page: Page, content: string): Promise<Report> {
  const complaints: string[] = [];
  page.on('pageerror', ({ message }) => complaints.push(message));
  await page.addScriptTag({ type: 'module', content });
  const report = await page.evaluate('globalThis.reported');
  if (complaints.length > 0) {
    throw new Error(complaints.join('\n'));
  }
  return report as Report;
}
