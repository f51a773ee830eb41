/**
 * Whether a changelog has a dated section for a version, as in `## [1.2.3] - 2026-11-27`.
 * @param changelog in the form of Keep a Changelog
 */
export const hasDatedSection = (changelog: string, version: string): boolean =>
	changelog
		.split('\n')
		.some((line) => line.startsWith(`## [${version}] - `) && /\d{4}-\d{2}-\d{2}$/.test(line));
