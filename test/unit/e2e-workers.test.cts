import { planLanes } from '../e2e/workers.cjs';

const stages = [
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
	planLanes(versions, wanted, stages).map(({ version, sections }) =>
		[version, ...sections.map(({ name }) => name)].join(' '),
	);

test('each version runs every section once, those of a group that no lane names included', () => {
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

test('versions do not work on the same sections at the same time', () => {
	const [first, second] = planLanes(['2', '1'], [], stages);
	expect(first?.sections).not.toEqual(second?.sections);
});

test('groups and sections are chosen by their names, and an unknown name is refused', () => {
	expect(sectionsOf(['2'], 'burst', 'queue')).toEqual(['2 worker', '2 burst']);
	expect(() => planLanes(['2'], ['brust'], stages)).toThrow('No brust: there are trigger, ');
});
