import { logTail } from '../support/n8n/child-process.cjs';
import type { Checks } from './checks.cjs';
import type { Ground } from './build.cjs';
import type { SectionResult } from './results.cjs';

/** What sections run on. */
interface Opened {
	readonly logFile: string;
	close(): Promise<void>;
}

/** Returns what it could not run without and this machine has not, if anything. */
export type Section<Site> = (site: Site, checks: Checks) => Promise<string | void>;

/** Sections by group. One after the other, since they share n8n and the emulator's settings. */
export type Groups<Site> = Readonly<Record<string, Readonly<Record<string, Section<Site>>>>>;

/** Sections that run on the same n8n. */
export interface Stage {
	/** The names of the sections, by group. */
	readonly groups: ReadonlyArray<{ readonly group: string; readonly names: readonly string[] }>;
	/** Runs those of the wanted sections that it has, and reports each as soon as it has ended. */
	run(
		ground: Ground,
		wanted: readonly string[],
		checks: Checks,
		report: (result: SectionResult) => void,
	): Promise<void>;
}

/** @param lacks says what this machine has not and `open` needs; the sections are then skipped */
export function createStage<Site extends Opened>(
	groups: Groups<Site>,
	open: (ground: Ground) => Promise<Site>,
	lacks: () => string | undefined = () => undefined,
): Stage {
	const all = Object.entries(groups).flatMap(([group, sections]) =>
		Object.entries(sections).map(([name, section]) => ({ group, name, section })),
	);
	return {
		groups: Object.entries(groups).map(([group, sections]) => ({
			group,
			names: Object.keys(sections),
		})),
		async run(ground, wanted, checks, report) {
			const chosen = all.filter(({ name }) => wanted.includes(name));
			if (chosen.length === 0) return;
			const on = new Date().toISOString().slice(0, 10);
			const { version: n8n, nodeVersion } = ground.install;
			const [node = ''] = nodeVersion.split('.');
			const run = { n8n, node, on };
			const missing = lacks();
			if (missing !== undefined) {
				const names = chosen.map(({ name }) => name).join(', ');
				printSkipped(names, missing);
				for (const { group, name: section } of chosen) {
					report({ ...run, group, section, passed: 0, failed: 0, lacked: missing });
				}
				return;
			}
			const failedBefore = checks.failed;
			const site = await open(ground);
			try {
				for (const { group, name, section } of chosen) {
					const { passed, failed } = checks;
					const before = Date.now();
					// What goes wrong outside a check is a failure as well, and the next section goes on.
					const lacked = await section(site, checks).catch(
						async (error: unknown) =>
							await checks.check(name, async () => await Promise.reject(error)),
					);
					if (typeof lacked === 'string') printSkipped(name, lacked);
					report({
						...run,
						group,
						section: name,
						passed: checks.passed - passed,
						failed: checks.failed - failed,
						...(typeof lacked === 'string' && { lacked }),
						seconds: Math.round((Date.now() - before) / 1000),
					});
				}
			} finally {
				if (checks.failed > failedBefore) {
					console.log(`\nThe end of n8n's log:\n${logTail(site.logFile)}\n`);
				}
				await site.close();
			}
		},
	};
}

const printSkipped = (names: string, missing: string) =>
	console.log(`\n!!! SKIPPED: ${names}. This machine has no ${missing}.\n`);
