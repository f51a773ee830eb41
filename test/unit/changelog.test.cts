import { hasDatedSection } from '../support/changelog.cjs';

test.each([
	['## [1.2.3] - 2026-11-27', true],
	['## [Unreleased]\n\n## [1.2.3] - 2026-11-27\n\n### Added', true],
	['## [1.2.3]', false],
	['## [1.2.3] - soon', false],
	['## [1.2.30] - 2026-11-27', false],
	['## [Unreleased]\n- 1.2.3 - 2026-11-27', false],
])('a changelog with %j has a section for 1.2.3: %p', (changelog, expected) => {
	expect(hasDatedSection(changelog, '1.2.3')).toBe(expected);
});
