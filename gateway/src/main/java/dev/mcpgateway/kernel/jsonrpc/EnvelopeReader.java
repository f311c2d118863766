// SPDX-License-Identifier: Apache-2.0
package dev.mcpgateway.kernel.jsonrpc;

import dev.mcpgateway.kernel.json.JsonFault;
import dev.mcpgateway.kernel.json.JsonValue;
import dev.mcpgateway.kernel.json.StrictJson;
import java.util.HashSet;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonToken;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** Reads one envelope. A fault that leaves the text JSON is remembered, so that the id is found wherever it stands. */
final class EnvelopeReader {

    /** Of messages beyond this no trees are made but of what is small in them. */
    private static final int LARGE = 64 * 1024;

    /** Of a tree, for each token that it is made of: a node, and its part of the object or the array around it. */
    private static final long TOKEN_BYTES = 40;

    private final byte[] text;
    private final BooleanSupplier isOver;
    private final boolean isLarge;
    private @Nullable RequestId id;
    private boolean hasId;
    private boolean isWhole; // whether all members have been seen
    private @Nullable String method;
    private Incoming.Params params = Incoming.Params.NONE;
    private boolean saysVersion;
    private boolean answers;
    private boolean isError;
    private @Nullable JsonValue answer;
    private @Nullable String fault;

    /** @param isOver whether nobody waits for the message any more */
    EnvelopeReader(byte[] text, BooleanSupplier isOver) {
        this.text = text;
        this.isOver = isOver;
        this.isLarge = text.length > LARGE;
    }

    Incoming read() {
        try (StrictJson json = new StrictJson(text, 0, text.length, Incoming.MAX_DEPTH, isOver)) {
            JsonToken first = json.next();
            if (first == JsonToken.START_OBJECT) {
                envelope(json);
                isWhole = true;
            } else {
                fault = first == JsonToken.START_ARRAY
                        ? "batch not supported: send one message a line"
                        : "a message must be a JSON object";
                json.skip();
            }
            json.finish();
        } catch (JsonFault broken) {
            if (broken.kind() == JsonFault.Kind.SYNTAX) {
                return new Incoming.Refused(Optional.empty(), ErrorCodes.PARSE_ERROR, broken.text());
            }
            wrong(broken.text());
        }
        return judge();
    }

    private Incoming judge() {
        if (answers && method == null) {
            return judgeAnswer();
        }
        if (fault != null || !saysVersion || method == null) {
            String reason = fault != null ? fault : saysVersion ? "method is missing" : "jsonrpc must be \"2.0\"";
            return isWhole && method != null && !hasId
                    ? new Incoming.Dropped("a notification is ignored: "
                            + reason) // nobody waits for an answer (JSON-RPC 2.0, section 4.1)
                    : new Incoming.Refused(Optional.ofNullable(id), ErrorCodes.INVALID_REQUEST, reason);
        }
        return id == null ? new Incoming.Notification(method, params) : new Incoming.Request(id, method, params);
    }

    /** Whatever is wrong with it: an answer is not answered. */
    private Incoming judgeAnswer() {
        if (fault == null && saysVersion && id != null && answer != null) {
            return new Incoming.Response(id, isError, answer);
        }
        String reason = fault != null ? fault : saysVersion ? "id is missing" : "jsonrpc must be \"2.0\"";
        return new Incoming.Dropped("an answer is ignored: " + reason);
    }

    private void envelope(StrictJson json) throws JsonFault {
        Names names = new Names(json);
        while (json.next() == JsonToken.PROPERTY_NAME) {
            String name = json.string();
            names.add(name);
            JsonToken token = json.next();
            switch (name) {
                case "jsonrpc" ->
                    saysVersion =
                            token == JsonToken.VALUE_STRING && json.string().equals("2.0");
                case "id" -> readId(json, token);
                case "method" -> {
                    if (token == JsonToken.VALUE_STRING) {
                        method = json.string();
                    } else {
                        wrong("method must be a string");
                        json.skip();
                    }
                }
                case "params" -> {
                    if (token == JsonToken.START_OBJECT) {
                        readParams(json);
                    } else if (token != JsonToken.VALUE_NULL) { // as if they were not given
                        wrong("params must be an object");
                        json.skip();
                    }
                }
                case "result", "error" -> {
                    if (answers) {
                        wrong("there must be a result or an error, not both");
                    }
                    answers = true;
                    isError = name.equals("error");
                    answer = checked(json);
                }
                default -> json.skip();
            }
        }
    }

    private void readId(StrictJson json, @Nullable JsonToken token) throws JsonFault {
        boolean twice = hasId;
        hasId = true;
        id = null;
        if (token == JsonToken.VALUE_STRING) {
            json.string(); // to its end
        } else if (token != JsonToken.VALUE_NUMBER_INT) {
            wrong("id must be a string or an integer");
            json.skip();
            return;
        } else {
            json.value();
        }
        int from = json.start();
        int to = json.end();
        if (to - from > RequestId.MAX_LENGTH) {
            wrong("id is longer than " + RequestId.MAX_LENGTH + " bytes");
        } else if (!twice) {
            id = new RequestId(text, from, to);
        }
    }

    private void readParams(StrictJson json) throws JsonFault {
        ObjectNode members = JsonNodeFactory.instance.objectNode();
        JsonValue arguments = null;
        long kept = 0; // bytes of trees
        Names names = new Names(json);
        while (json.next() == JsonToken.PROPERTY_NAME) {
            String name = json.string();
            names.add(name);
            if (json.next() == JsonToken.VALUE_NULL) {
                continue; // as if it were not given: many a client's serializer writes what is not set
            }
            int before = json.tokens();
            if (name.equals("arguments")) {
                arguments = isLarge ? checked(json) : parsed(json);
                if (arguments.length() <= JsonValue.SMALL) {
                    kept += arguments.length();
                } else {
                    before = json.tokens(); // a tree of it is not kept
                }
            } else if (isLarge) {
                JsonValue member = checked(json);
                boolean isAskedFor = member.length() <= LARGE || !member.isContainer();
                if (isAskedFor && !json.isBroken()) {
                    members.set(name, member.tree());
                    kept += member.length();
                } else {
                    before = json.tokens();
                }
            } else {
                members.set(name, json.value());
            }
            kept += TOKEN_BYTES * (json.tokens() - before + 2); // with its name
        }
        if (!isLarge) { // the strings of the other members, twice
            kept += text.length - (arguments == null ? 0 : arguments.length());
        }
        params = new Incoming.Params(members, Optional.ofNullable(arguments), text.length + kept);
    }

    private JsonValue parsed(StrictJson json) throws JsonFault {
        int from = json.start();
        JsonNode tree = json.value();
        return new JsonValue(text, from, json.end(), tree);
    }

    private JsonValue checked(StrictJson json) throws JsonFault {
        int before = json.values();
        json.measureDepth();
        int from = json.start();
        json.check();
        return JsonValue.checked(text, from, json.end(), json.measuredDepth(), json.values() - before);
    }

    private void wrong(String what) {
        if (fault == null) {
            fault = what;
        }
    }

    /**
     * The names of one object. Two that are equal are refused, and so are two that differ in case only: a reader behind
     * us that matches names without case would see another message than we did.
     */
    private static final class Names {

        private final StrictJson json;
        private final Set<String> seen = new HashSet<>();

        Names(StrictJson json) {
            this.json = json;
        }

        void add(String name) {
            if (!seen.add(name.toLowerCase(Locale.ROOT))) {
                json.broke("duplicate key, or one that differs in case only, in the message or its params");
            }
        }
    }
}
