import { planWorkers } from '../e2e/workers.cjs';

const suites = [
	{
		groups: [
			{ group: 'trigger', names: ['publishing', 'burst'] },
			{ group: 'crashes', names: ['disk'] },
			{ group: 'operations', names: ['workflows'] },
			{ group: 'new', names: ['newest'] },
		],
	},
	{ groups: [{ group: 'queue', names: ['worker'] }] },
];

const sectionsOf = (versions: string[], ...wanted: string[]) =>
	planWorkers(versions, wanted, suites).map(({ version, sections }) =>
		[version, ...sections.map(({ name }) => name)].join(' '),
	);

test('each version runs every section once, groups without a combination included', () => {
	expect(sectionsOf(['2', '1']).sort()).toEqual([
		'1 disk',
		'1 newest',
		'1 publishing burst',
		'1 worker',
		'1 workflows',
		'2 disk',
		'2 newest',
		'2 publishing burst',
		'2 worker',
		'2 workflows',
	]);
});

test('versions do not start with the same sections', () => {
	const [first, second] = planWorkers(['2', '1'], [], suites);
	expect(first?.sections).not.toEqual(second?.sections);
});

test('groups and sections are selected by name, and an unknown name is rejected', () => {
	expect(sectionsOf(['2'], 'burst', 'queue')).toEqual(['2 worker', '2 burst']);
	expect(() => planWorkers(['2'], ['brust'], suites)).toThrow('Unknown: brust. Known: trigger, ');
});
