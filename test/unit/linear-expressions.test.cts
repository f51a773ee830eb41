import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { RegExpParser, visitRegExpAST, type AST } from '@eslint-community/regexpp';
import {
	getConsumedChars,
	getFirstConsumedChar,
	isPotentiallyZeroLength,
} from 'regexp-ast-analysis';
import ts from 'typescript';

const root = path.resolve(__dirname, '../..');

const filesBelow = (folder: string): string[] =>
	readdirSync(path.join(root, folder), { recursive: true, withFileTypes: true })
		.filter((entry) => entry.isFile() && /\.(c|m)?ts$/.test(entry.name))
		.map((entry) => path.join(entry.parentPath, entry.name));

/**
 * The regular expressions of a source file. An expression takes quadratic time if its search can start at each of many
 * places, run from there to the end of the text, and then fail. The lint's rules find that only where the repetition is the
 * expression's first part.
 */
function quadraticIn(file: string): string[] {
	const text = readFileSync(file, 'utf8');
	const source = ts.createSourceFile(file, text, ts.ScriptTarget.Latest, true);
	const found: string[] = [];
	const visit = (node: ts.Node): void => {
		if (ts.isRegularExpressionLiteral(node) && isQuadratic(node.text)) found.push(node.text);
		ts.forEachChild(node, visit);
	};
	visit(source);
	return found.map((literal) => `${path.basename(file)}: ${literal}`);
}

function isQuadratic(literal: string): boolean {
	const { pattern, flags } = new RegExpParser().parseLiteral(literal);
	const isAnchored = !flags.multiline && pattern.alternatives.every(startsAtStart);
	if (flags.sticky || isAnchored) return false;
	const starts = pattern.alternatives.map((one) => getFirstConsumedChar(one, 'ltr', flags).char);
	let quadratic = false;
	visitRegExpAST(pattern, {
		onQuantifierEnter(quantifier) {
			if (quantifier.max !== Infinity || !canFailAfter(quantifier, flags)) return;
			// A repetition that passes no place where a match could start is run through once.
			const { chars } = getConsumedChars(quantifier.element, flags);
			quadratic ||= starts.some((start) => !chars.isDisjointWith(start));
		},
	});
	return quadratic;
}

const startsAtStart = ({ elements: [first] }: AST.Alternative): boolean =>
	first?.type === 'Assertion' && first.kind === 'start';

/** Whether anything after it must match. */
function canFailAfter(element: AST.Element, flags: AST.Flags): boolean {
	const { parent } = element;
	if (parent.type !== 'Alternative') return false;
	const after = parent.elements.slice(parent.elements.indexOf(element) + 1);
	const isRequired = (next: AST.Element) =>
		next.type === 'Assertion' || !isPotentiallyZeroLength(next, flags);
	if (after.some(isRequired)) return true;
	const group = parent.parent;
	if (group.type === 'Pattern') return false;
	if (group.type === 'Assertion') return true;
	const outer = group.parent;
	return canFailAfter(outer.type === 'Quantifier' ? outer : group, flags);
}

test.each(['nodes', 'credentials', 'emulator', 'gateway/src'])(
	'no expression in %s takes quadratic time',
	(folder) => {
		expect(filesBelow(folder).flatMap(quadraticIn)).toEqual([]);
	},
);

test.each([
	[String.raw`/\/+$/`, true],
	[String.raw`/(https?:\/\/[^\s?]+)\?[^\s]*/g`, true],
	[String.raw`/<[^>]+>/`, true],
	[String.raw`/(?:a.*)+b/`, true],
	[String.raw`/https?:\/\/[^\s]+/g`, false],
	[String.raw`/<[^<>]+>/`, false],
	[String.raw`/^\s*x/m`, true],
	[String.raw`/^.*x$/`, false],
	[String.raw`/\/{1,9}$/`, false],
])('the check itself: %s', (literal, quadratic) => {
	expect(isQuadratic(literal)).toBe(quadratic);
});
