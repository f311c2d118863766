// SPDX-License-Identifier: Apache-2.0
package dev.mcpgateway.bench;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * A client's side of a conversation over pipes, made to be much cheaper than what it measures: requests are bytes made
 * beforehand, in which only the id is written anew, and replies are compared with the bytes that are expected. It reads
 * and writes on the caller's thread, so that no hand-over is measured either.
 */
final class Session {

    /** Of seven digits, so that every request and every reply has the length of its kind. */
    private static final int FIRST_ID = 1_000_000;

    private static final int LAST_ID = 9_999_999;
    private static final int ID_LENGTH = 7;
    private static final byte[] HEAD = ascii("{\"jsonrpc\":\"2.0\",\"id\":");

    private static final int SMALL_READ = 8_192; // up to here, a read of the JDK's needs no buffer of its own
    private static final int LARGE_READ = 256 * 1024;

    private final InputStream in;
    private final OutputStream out;

    private byte[] received = new byte[4 * SMALL_READ];
    private int from;
    private int to;
    private int nextId = FIRST_ID;

    Session(InputStream in, OutputStream out) {
        this.in = in;
        this.out = out;
    }

    static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }

    /** A request of that method, whose id is still to be written. */
    static byte[] request(String method, String params) {
        return ascii("{\"jsonrpc\":\"2.0\",\"id\":" + FIRST_ID + ",\"method\":\"" + method + "\",\"params\":" + params
                + "}\n");
    }

    void notify(String method) throws IOException {
        out.write(ascii("{\"jsonrpc\":\"2.0\",\"method\":\"" + method + "\"}\n"));
        out.flush();
    }

    /** Sends one request and returns the line that answers it, without its end. */
    String ask(byte[] request) throws IOException {
        byte[] line = request.clone();
        writeId(line, 0, takeIds(1));
        out.write(line);
        out.flush();
        while (true) {
            int end = awaitLine();
            String reply = new String(received, from, end - from, StandardCharsets.UTF_8);
            boolean answers = startsWithHead();
            from = end + 1;
            if (answers) {
                return reply;
            }
        }
    }

    /**
     * Keeps that many requests in flight until all are answered.
     *
     * @param requests taken in turn; all have the same answer but for the id
     * @param nanos receives how long each took, from before it was written until its answer was read
     * @return the nanoseconds from the first to the last
     */
    long run(byte[][] requests, int inFlight, long[] nanos) throws IOException {
        byte[] tail = learnTail(requests[0]);
        int replyLength = HEAD.length + ID_LENGTH + tail.length;
        int readSize = replyLength > SMALL_READ ? LARGE_READ : SMALL_READ;
        reserve(Math.max(received.length, replyLength + readSize));
        byte[] batch = new byte[inFlight * requests[0].length];
        int first = takeIds(nanos.length);
        int sent = 0;
        int answered = 0;
        int wanted = Math.min(inFlight, nanos.length);
        long begin = System.nanoTime();
        while (answered < nanos.length) {
            int length = 0;
            for (; sent < answered + wanted && sent < nanos.length; sent++) {
                byte[] request = requests[sent % requests.length];
                System.arraycopy(request, 0, batch, length, request.length);
                writeId(batch, length, first + sent);
                length += request.length;
            }
            if (length > 0) {
                Arrays.fill(nanos, sent - length / requests[0].length, sent, System.nanoTime());
                out.write(batch, 0, length);
                out.flush();
            }
            read(readSize);
            long now = System.nanoTime();
            while (hasReply(replyLength)) {
                int call = matchedId(tail) - first;
                nanos[call] = now - nanos[call];
                answered++;
                from += replyLength;
            }
        }
        return System.nanoTime() - begin;
    }

    /** What follows the id in the answer to that request. */
    private byte[] learnTail(byte[] request) throws IOException {
        String reply = ask(request);
        if (reply.contains("\"isError\":true") || !reply.contains("\"result\":")) {
            throw new IOException("not an echo: " + reply.substring(0, Math.min(reply.length(), 1_000)));
        }
        return ascii(reply.substring(HEAD.length + ID_LENGTH) + "\n");
    }

    private int matchedId(byte[] tail) throws IOException {
        int tailFrom = from + HEAD.length + ID_LENGTH;
        if (!startsWithHead() || !Arrays.equals(received, tailFrom, tailFrom + tail.length, tail, 0, tail.length)) {
            throw new IOException("not the expected answer: "
                    + new String(received, from, Math.min(to - from, 1_000), StandardCharsets.UTF_8));
        }
        int id = 0;
        for (int i = from + HEAD.length; i < tailFrom; i++) {
            id = id * 10 + received[i] - '0';
        }
        return id;
    }

    private boolean startsWithHead() {
        return Arrays.equals(received, from, Math.min(to, from + HEAD.length), HEAD, 0, HEAD.length);
    }

    /** Whether a whole reply is there, after notifications, which may come between replies and end with their line. */
    private boolean hasReply(int length) throws IOException {
        while (to - from >= HEAD.length && !startsWithHead()) {
            from = awaitLine() + 1;
        }
        if (from < to && to - from < length && received[to - 1] == '\n') {
            throw new IOException("not the expected answer: "
                    + new String(received, from, Math.min(to - from, 1_000), StandardCharsets.UTF_8));
        }
        return to - from >= length;
    }

    private int takeIds(int count) {
        if (nextId + count > LAST_ID) {
            nextId = FIRST_ID;
        }
        int first = nextId;
        nextId += count;
        return first;
    }

    private static void writeId(byte[] target, int offset, int id) {
        int left = id;
        for (int i = offset + HEAD.length + ID_LENGTH - 1; i >= offset + HEAD.length; i--) {
            target[i] = (byte) ('0' + left % 10);
            left /= 10;
        }
    }

    /** Returns where the first line ends. */
    private int awaitLine() throws IOException {
        int at = from;
        while (true) {
            for (; at < to; at++) {
                if (received[at] == '\n') {
                    return at;
                }
            }
            int scanned = at - from;
            read(LARGE_READ);
            at = from + scanned;
        }
    }

    /** Reads what is there, at least one byte; moves what was received before to the front where room is short. */
    private void read(int size) throws IOException {
        if (received.length - to < size) {
            if (to - from + size > received.length) {
                reserve(2 * (to - from + size));
            }
            System.arraycopy(received, from, received, 0, to - from);
            to -= from;
            from = 0;
        }
        int count = in.read(received, to, size);
        if (count < 0) {
            throw new IOException("the gateway has closed its output");
        }
        to += count;
    }

    private void reserve(int length) {
        if (received.length < length) {
            received = Arrays.copyOf(received, length);
        }
    }
}
