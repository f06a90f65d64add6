import type { Page } from 'playwright-core';
import { launchChromium } from '../support/chromium.js';
import type { Collector } from './collector.js';
import { type AreaReport, type Report, withoutModules } from './program/report.js';
import { buildPart, MissingModuleError, type Part, type Project } from './project.js';

const PARTS: readonly Part[] = ['core', 'effect', 'zone', 'instrumentation'];
const MAIN = 'globalThis.reported = report(areas);';

/** Runs the program in Chromium, each part in a page whose origin is not that of the collector. */
export async function runInChromium(project: Project, collector: Collector): Promise<Report> {
  const browser = await launchChromium();
  try {
    const origin = collector.url.replace('127.0.0.1', 'localhost');
    const reports: Record<string, AreaReport> = {};
    for (const part of PARTS) {
      const page = await browser.newPage();
      await page.goto(origin);
      Object.assign(reports, await runPart(part, page, project, collector));
      await page.close();
    }
    return reports;
  } finally {
    await browser.close();
  }
}

async function runPart(
  part: Part,
  page: Page,
  project: Project,
  collector: Collector,
): Promise<Report> {
  const complaints: string[] = [];
  page.on('pageerror', ({ message }) => complaints.push(message));
  try {
    const content = await buildPart(project, {
      part,
      place: { url: collector.url, name: 'Chromium' },
      main: MAIN,
      first: part === 'zone' ? 'zone.js' : undefined,
      build: { format: 'iife', platform: 'browser', target: 'esnext' },
    });
    await page.addScriptTag({ content });
  } catch (error) {
    if (error instanceof MissingModuleError) return withoutModules(error.message);
    throw error;
  }
  const report = await page.evaluate('globalThis.reported');
  if (complaints.length > 0) {
    throw new Error(complaints.join('\n'));
  }
  return report as Report;
}
