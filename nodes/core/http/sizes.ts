/** Bytes in a megabyte, as file systems count it. */
export const megabyte = 1024 * 1024;

/** An answer of the API is read up to this many bytes, decompressed: n8n itself takes no larger request. */
export const maxAnswerBytes = 16 * megabyte;
