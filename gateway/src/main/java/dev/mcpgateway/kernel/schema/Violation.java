package dev.mcpgateway.kernel.schema;

/**
 * One way in which a value breaks its schema.
 *
 * @param path where, as a JSON Pointer (RFC 6901) into the value, {@code ""} for the value itself; at most 200 characters
 * @param reason what is wrong there, as the end of a sentence ({@code must be a number, is a string}); at most 200
 *     characters, without the offending value, which may be a secret
 */
public record Violation(String path, String reason) {}
