import { randomBytes } from "node:crypto";
import type { z } from "zod";

type Detail = { code: string; message: string; longMessage: string; parameter?: string | undefined };

/** An error response, in Clerk's format. */
export class ApiError extends Error {
  override readonly name = "ApiError";

  constructor(
    readonly status: number,
    readonly details: readonly Detail[],
    readonly retryAfterSeconds?: number,
  ) {
    super(details.map((detail) => detail.longMessage).join(" "));
  }

  toResponse(): Response {
    const errors = this.details.map(({ code, message, longMessage, parameter }) => ({
      code,
      message,
      long_message: longMessage,
      ...(parameter === undefined ? {} : { meta: { param_name: parameter } }),
    }));
    return Response.json(
      { errors, clerk_trace_id: randomBytes(16).toString("hex") },
      {
        status: this.status,
        headers: this.retryAfterSeconds === undefined ? {} : { "retry-after": String(this.retryAfterSeconds) },
      },
    );
  }
}

/** A refusal for one reason, with the text for the person. */
export function refusal(status: number, code: string, longMessage: string, parameter?: string): ApiError {
  return new ApiError(status, [{ code, message: longMessage, longMessage, parameter }]);
}

export function notFound(what: string, id: string): ApiError {
  const longMessage = `No ${what} was found with id ${id}`;
  return new ApiError(404, [{ code: "resource_not_found", message: "not found", longMessage }]);
}

export function invalidParameter(parameter: string, longMessage: string, code = "form_param_value_invalid"): ApiError {
  return new ApiError(422, [{ code, message: "is invalid", longMessage, parameter }]);
}

/** A body or a query that its schema refuses: 422, with one error per problem. */
export function unprocessable(error: z.ZodError): ApiError {
  return new ApiError(
    422,
    error.issues.flatMap((issue): Detail[] => {
      const parameter = issue.path.filter((step) => typeof step !== "number").join(".");
      if (issue.code === "unrecognized_keys") {
        return issue.keys.map((key) => ({
          code: "form_param_unknown",
          message: "is unknown",
          longMessage: `${key} is not a valid parameter for this request.`,
          parameter: [...issue.path, key].join("."),
        }));
      }
      const missing = issue.code === "invalid_type" && issue.input === undefined;
      const code = missing ? "form_param_missing" : "form_param_value_invalid";
      const message = missing ? "is missing" : "is invalid";
      return [{ code, message, longMessage: `${parameter || "The body"}: ${issue.message}`, parameter }];
    }),
  );
}
