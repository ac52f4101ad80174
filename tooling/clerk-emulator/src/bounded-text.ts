import { refusal } from "./api-error.ts";

/** More than any Clerk body needs. */
const LARGEST_BODY_BYTES = 1024 * 1024;

/**
 * The request's body as text.
 * @throws ApiError 413 before more is read.
 */
export async function boundedText(request: Request): Promise<string> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of request.body ?? []) {
    size += chunk.length;
    if (size > LARGEST_BODY_BYTES) {
      throw refusal(413, "request_body_too_large", `A body may have at most ${LARGEST_BODY_BYTES} bytes.`);
    }
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString();
}
