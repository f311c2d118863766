// SPDX-License-Identifier: Apache-2.0
package dev.mcpgateway.plugin.grpc.tls;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * One file in PEM format (RFC 7468) as it was read at some moment.
 *
 * @param name its key in the configuration: {@code ca}, {@code certificate} or {@code key}
 */
record Pem(String name, Path path, byte[] bytes) {

    private static final int LARGEST = 1024 * 1024;
    private static final String BEGIN = "-----BEGIN ";
    private static final Pattern BLOCK =
            Pattern.compile("-----BEGIN ([A-Z0-9 ]+)-----([^-]*)-----END \\1-----", Pattern.DOTALL);

    private static final int SEQUENCE = 0x30;
    private static final int OCTET_STRING = 0x04;

    /** Reads it whole; files over 1 MiB and what is no file at all are refused. */
    static Pem read(String name, Path path) throws UnusableException {
        String file = called(name, path);
        try {
            if (Files.exists(path) && !Files.isRegularFile(path)) { // reading a pipe would wait for its writer
                throw new UnusableException(file + " is not a file");
            }
            try (InputStream in = Files.newInputStream(path)) {
                byte[] bytes = in.readNBytes(LARGEST + 1);
                if (bytes.length > LARGEST) {
                    throw new UnusableException(file + " has more than " + LARGEST + " bytes");
                }
                return new Pem(name, path, bytes);
            }
        } catch (NoSuchFileException | NotDirectoryException e) {
            throw new UnusableException(file + " does not exist");
        } catch (AccessDeniedException e) {
            throw new UnusableException(file + " may not be read by the gateway's user");
        } catch (IOException e) {
            throw new UnusableException(file + " cannot be read");
        }
    }

    /** All certificates in it, at least one. */
    List<X509Certificate> certificates() throws UnusableException {
        List<X509Certificate> certificates = new ArrayList<>();
        for (Block block : blocks()) {
            if (block.label.equals("CERTIFICATE") || block.label.equals("X509 CERTIFICATE")) {
                certificates.add(certificate(block.der));
            }
        }
        if (certificates.isEmpty()) {
            throw unusable("holds no certificate: a PEM file has one between lines of BEGIN and END CERTIFICATE");
        }
        return certificates;
    }

    /**
     * The private key in it, in any of the three forms that are in use.
     *
     * @param of the other half, which says of what kind it must be
     */
    PrivateKey privateKey(PublicKey of) throws UnusableException {
        for (Block block : blocks()) {
            if (block.label.equals("PRIVATE KEY")) {
                return privateKey(block.der, of);
            }
            if (block.label.equals("RSA PRIVATE KEY") || block.label.equals("EC PRIVATE KEY")) {
                return privateKey(wrapped(block.der, of), of);
            }
        }
        throw unusable("holds no private key: a PEM file has one between lines of BEGIN and END PRIVATE KEY");
    }

    UnusableException unusable(String why) {
        return new UnusableException(this + " " + why);
    }

    /** What clients may read: where it lies is for the log. */
    @Override
    public String toString() {
        return called(name, path);
    }

    private static String called(String name, Path path) {
        return name + " file '" + path.getFileName() + "'";
    }

    private record Block(String label, byte[] der) {}

    private List<Block> blocks() throws UnusableException {
        String text = new String(bytes, StandardCharsets.ISO_8859_1);
        if (text.contains("ENCRYPTED")) {
            throw unusable("is encrypted, and the gateway has no passphrase: give it a key without one"
                    + " that only its user can read");
        }
        List<Block> blocks = new ArrayList<>();
        Matcher matcher = BLOCK.matcher(text);
        while (matcher.find()) {
            try {
                blocks.add(new Block(
                        matcher.group(1),
                        Base64.getDecoder().decode(matcher.group(2).replaceAll("\\s", ""))));
            } catch (IllegalArgumentException e) {
                throw unusable("is damaged: what stands between BEGIN and END is not Base64");
            }
        }
        if (text.split(BEGIN, -1).length - 1 != blocks.size()) {
            throw unusable("is damaged or still being written: a BEGIN has no END");
        }
        return blocks;
    }

    private X509Certificate certificate(byte[] der) throws UnusableException {
        try {
            return (X509Certificate)
                    CertificateFactory.getInstance("X.509").generateCertificate(new ByteArrayInputStream(der));
        } catch (CertificateException e) {
            throw unusable("is damaged: it holds a certificate that cannot be read");
        }
    }

    private PrivateKey privateKey(byte[] pkcs8, PublicKey of) throws UnusableException {
        try {
            return KeyFactory.getInstance(of.getAlgorithm()).generatePrivate(new PKCS8EncodedKeySpec(pkcs8));
        } catch (GeneralSecurityException e) { // its text might quote the key
            throw unusable("does not match the certificate: it holds no usable " + of.getAlgorithm() + " key");
        }
    }

    /** The older forms (RFC 8017, RFC 5915) lack the name of their algorithm; it is that of the other half. */
    private static byte[] wrapped(byte[] key, PublicKey of) {
        byte[] version = {0x02, 0x01, 0x00};
        byte[] octets = element(OCTET_STRING, key);
        byte[] algorithm = firstElement(of.getEncoded());
        byte[] whole = ByteBuffer.allocate(version.length + algorithm.length + octets.length)
                .put(version)
                .put(algorithm)
                .put(octets)
                .array();
        return element(SEQUENCE, whole);
    }

    private static byte[] element(int tag, byte[] content) {
        ByteArrayOutputStream der = new ByteArrayOutputStream();
        der.write(tag);
        if (content.length < 0x80) {
            der.write(content.length);
        } else {
            der.write(0x83);
            der.write(content.length >> 16);
            der.write(content.length >> 8);
            der.write(content.length);
        }
        der.writeBytes(content);
        return der.toByteArray();
    }

    /** Of a sequence that the JDK has written: lengths are in their shortest form. */
    private static byte[] firstElement(byte[] sequence) {
        ByteBuffer der = ByteBuffer.wrap(sequence);
        contentLength(der);
        int start = der.position();
        int length = contentLength(der);
        byte[] element = new byte[der.position() - start + length];
        der.get(start, element);
        return element;
    }

    private static int contentLength(ByteBuffer der) {
        der.get(); // the tag
        int first = der.get() & 0xff;
        if (first < 0x80) {
            return first;
        }
        int length = 0;
        for (int i = first & 0x7f; i > 0; i--) {
            length = length << 8 | der.get() & 0xff;
        }
        return length;
    }
}
