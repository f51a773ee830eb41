import { logTail } from '../../scripts/n8n/child-process.cjs';
import type { Checks } from './checks.cjs';
import type { SectionResult } from './ledger.cjs';

/** What sections run on. */
interface Opened {
	readonly logFile: string;
	close(): Promise<void>;
}

export type Section<Site> = (site: Site, checks: Checks) => Promise<void>;

/** Sections by group. One after the other, since they share n8n and the emulator's settings. */
export type Groups<Site> = Readonly<Record<string, Readonly<Record<string, Section<Site>>>>>;

/** Groups of sections that run on the same n8n. */
export interface Stage {
	/** Of groups and of sections. */
	readonly names: readonly string[];
	/** Runs the sections that are named, themselves or by their group; all of them when nothing is. */
	run(version: string, wanted: readonly string[], checks: Checks): Promise<SectionResult[]>;
}

/** @param lacks says what this machine has not and `open` needs; the sections are then skipped */
export function createStage<Site extends Opened>(
	groups: Groups<Site>,
	open: (version: string) => Promise<Site>,
	lacks: () => string | undefined = () => undefined,
): Stage {
	const all = Object.entries(groups).flatMap(([group, sections]) =>
		Object.entries(sections).map(([name, section]) => ({ group, name, section })),
	);
	return {
		names: [...Object.keys(groups), ...all.map(({ name }) => name)],
		async run(version, wanted, checks) {
			const chosen = all.filter(
				({ group, name }) => wanted.length === 0 || wanted.includes(group) || wanted.includes(name),
			);
			if (chosen.length === 0) return [];
			const on = new Date().toISOString().slice(0, 10);
			const results: SectionResult[] = [];
			const missing = lacks();
			if (missing !== undefined) {
				const names = chosen.map(({ name }) => name).join(', ');
				console.log(`\n!!! SKIPPED: ${names}. This machine has no ${missing}.\n`);
				return chosen.map(({ group, name }) => ({
					n8n: version,
					group,
					section: name,
					passed: 0,
					failed: 0,
					lacked: missing,
					on,
				}));
			}
			const failedBefore = checks.failed;
			const site = await open(version);
			try {
				for (const { group, name, section } of chosen) {
					const { passed, failed } = checks;
					// What goes wrong outside a check is a failure as well, and the next section goes on.
					await section(site, checks).catch(
						async (error: unknown) =>
							await checks.check(name, async () => await Promise.reject(error)),
					);
					results.push({
						n8n: version,
						group,
						section: name,
						passed: checks.passed - passed,
						failed: checks.failed - failed,
						on,
					});
				}
			} finally {
				if (checks.failed > failedBefore) {
					console.log(`\nThe end of n8n's log:\n${logTail(site.logFile)}\n`);
				}
				await site.close();
			}
			return results;
		},
	};
}
