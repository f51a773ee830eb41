import { omitSecrets } from '../../core/http/redaction';
import type { JsonRecord } from '../../core/json';
import { toJson } from './jobItem';
import type { ItemContext } from '../actions/operation';

/** The JSON of a deployment. An agent gets no token: what it reads goes to a language model. */
export const toDeploymentJson = (
	{ calledByAgent }: Pick<ItemContext, 'calledByAgent'>,
	record: JsonRecord,
) => toJson(calledByAgent ? omitSecrets(record) : record);
