import { logTail } from '../support/n8n/child-process.cjs';
import type { SectionResult } from '../support/n8n/e2e-results.cjs';
import type { Checks } from './checks.cjs';
import type { Build } from './instance.cjs';

/** What a suite opens for its sections and closes after them. */
interface Closable {
	readonly logFile: string;
	close(): Promise<void>;
}

/** Runs its checks. Throws {@link MissingSoftware} when it cannot run on this machine. */
type Section<T> = (instance: T, checks: Checks) => Promise<void>;

/** What this machine lacks; the section is skipped. */
export class MissingSoftware extends Error {}

/** Sections by group. They run one after the other, since they share n8n and the emulator's settings. */
export type Groups<T> = Readonly<Record<string, Readonly<Record<string, Section<T>>>>>;

/** Sections that run on the same kind of instance. */
export interface Suite {
	/** The names of the sections, by group. */
	readonly groups: ReadonlyArray<{ readonly group: string; readonly names: readonly string[] }>;
	/** Runs the wanted ones of its sections, and reports each as soon as it has ended. */
	run(
		build: Build,
		wanted: readonly string[],
		checks: Checks,
		report: (result: SectionResult) => void,
	): Promise<void>;
}

/** @param findMissing names what `open` needs and this machine lacks; the sections are then skipped */
export function createSuite<T extends Closable>(
	groups: Groups<T>,
	open: (build: Build) => T | Promise<T>,
	findMissing: () => string | undefined = () => undefined,
): Suite {
	const all = Object.entries(groups).flatMap(([group, sections]) =>
		Object.entries(sections).map(([name, section]) => ({ group, name, section })),
	);
	return {
		groups: Object.entries(groups).map(([group, sections]) => ({
			group,
			names: Object.keys(sections),
		})),
		async run(build, wanted, checks, report) {
			const chosen = all.filter(({ name }) => wanted.includes(name));
			if (chosen.length === 0) return;
			const on = new Date().toISOString().slice(0, 10);
			const { version: n8n, nodeVersion } = build.install;
			const [node = ''] = nodeVersion.split('.');
			const run = { n8n, node, on };
			const missing = findMissing();
			if (missing !== undefined) {
				printSkipped(chosen.map(({ name }) => name).join(', '), missing);
				for (const { group, name: section } of chosen) {
					report({ ...run, group, section, passed: 0, failed: 0, lacked: missing });
				}
				return;
			}
			const failedBefore = checks.failed;
			const instance = await open(build);
			try {
				for (const { group, name, section } of chosen) {
					const { passed, failed } = checks;
					const startedAt = Date.now();
					let lacked: string | undefined;
					try {
						await section(instance, checks);
					} catch (error) {
						if (error instanceof MissingSoftware) {
							lacked = error.message;
							printSkipped(name, lacked);
						} else {
							// An error outside a check is a failure as well, and the next section still runs.
							const failure = error instanceof Error ? error : new Error(String(error));
							await checks.check(name, () => Promise.reject(failure));
						}
					}
					report({
						...run,
						group,
						section: name,
						passed: checks.passed - passed,
						failed: checks.failed - failed,
						...(lacked !== undefined && { lacked }),
						seconds: Math.round((Date.now() - startedAt) / 1000),
					});
				}
			} finally {
				if (checks.failed > failedBefore) {
					console.log(`\nThe end of n8n's log:\n${logTail(instance.logFile)}\n`);
				}
				await instance.close();
			}
		},
	};
}

function printSkipped(names: string, missing: string): void {
	console.log(`\n!!! SKIPPED: ${names}. This machine has no ${missing}.\n`);
}
