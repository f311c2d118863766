// SPDX-License-Identifier: Apache-2.0
package dev.mcpgateway.kernel.descriptor;

import java.io.FileDescriptor;
import java.io.FileInputStream;
import java.io.FileOutputStream;
import java.io.InputStream;
import java.lang.reflect.Constructor;

/** Streams on descriptors that the process was given. They are not closed with the stream. */
public final class Descriptors {

    /** The launcher's, who has put standard output out of the way of all that the process itself may print. */
    private static final int PROTOCOL = Integer.getInteger("mcpgateway.protocol", 1);

    private Descriptors() {}

    /** Where a client's messages, and nothing else, come from. */
    public static InputStream input() {
        return new DescriptorInput(0, new FileInputStream(FileDescriptor.in));
    }

    /** Where answers go to, and what a command is asked for: what was standard output when the launcher was called. */
    public static DescriptorOutput output() {
        return new DescriptorOutput(
                PROTOCOL, new FileOutputStream(descriptor(PROTOCOL)), Boolean.getBoolean("mcpgateway.toTerminal"));
    }

    /** Where logs go to. */
    public static DescriptorOutput errors() {
        return new DescriptorOutput(
                2, new FileOutputStream(FileDescriptor.err), Boolean.getBoolean("mcpgateway.onTerminal"));
    }

    /** The JDK has names for three; the others have to be opened by one, which sockets cannot be. */
    private static FileDescriptor descriptor(int number) {
        if (number == 1) {
            return FileDescriptor.out;
        }
        try {
            Constructor<FileDescriptor> ofNumber = FileDescriptor.class.getDeclaredConstructor(int.class);
            ofNumber.setAccessible(true);
            return ofNumber.newInstance(number);
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException("descriptor " + number + " cannot be opened", e);
        }
    }
}
