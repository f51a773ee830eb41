import { redactSecrets } from './redaction';

/** `PASSWD=…`, `"api_key": "…"`, also within JSON in JSON; the value may be quoted. */
const secretAssigned =
	/((?:(?:api|access|private|secret|auth|signing)[_-]?key|token|secret|passw(?:or)?d|passphrase|pwd)(?:=|\\?["']?\s{0,9}(?:=>|[:=])\s{0,9}\\?)["']?)(?:(?<=")[^"]*|(?<=')[^']*|[^\s"']+)/gi;

/** `token …`, `password is …`: the next word. What is redacted already is none. */
const secretNamed =
	/((?:(?:api|access|private|secret|auth|signing)[_-]?key|token|passw(?:or)?d)[^\w…]{1,20})(?:bearer\s{1,9})?[^\s"',;]+/gi;

/** `NAME=…` and `'NAME': …`: environment variables, as programs print them. */
const variable =
	/(\b[A-Z][A-Z0-9_]{1,60}(?:=|\\?["']:\s{0,9}\\?)["']?)(?:(?<=")[^"]*|(?<=')[^']*|[^\s"']+)/g;

/**
 * A line of a deployment's log without known secrets, values of environment variables, and anything that looks like a token
 * or a password. The node does not know the variables of a deployment that it did not just start, so it goes by their names
 * in capital letters.
 */
export const redactLogLine = (line: string, secrets: readonly string[]): string =>
	redactSecrets(line, secrets)
		.replace(secretAssigned, '$1…')
		.replace(secretNamed, '$1…')
		.replace(variable, '$1…');
