package dev.mcpgateway.kernel.call;

import dev.mcpgateway.api.Provider;
import dev.mcpgateway.api.ResourceContents;
import dev.mcpgateway.kernel.catalog.Reader;
import dev.mcpgateway.kernel.log.Log;
import dev.mcpgateway.kernel.text.PlainText;
import java.util.List;
import java.util.concurrent.CompletionStage;

/** One provider asked for what stands behind one URI. */
final class ResourceRead extends Attempt<List<ResourceContents>> {

    private final String uri;
    private final Reader reader;

    /** @param uri as the client asked for it */
    ResourceRead(String uri, Reader reader, Search<Reader> search, Limits limits) {
        super(reader.slot(), search, limits);
        this.uri = uri;
        this.reader = reader;
    }

    @Override
    void start() {
        reader.slot().submit(this);
    }

    @Override
    CompletionStage<List<ResourceContents>> askFor(Provider provider) {
        return provider.readResource(reader.uri(), this);
    }

    @Override
    String capability() {
        return PlainText.of(uri);
    }

    @Override
    long size(List<ResourceContents> contents) {
        return Size.of(contents);
    }

    @Override
    boolean isJudgedQuickly() {
        return true;
    }

    @Override
    Outcome judge(List<ResourceContents> contents, long size) {
        ResourceAnswer answer = ResourceAnswer.of(contents, uri, reader.uri());
        if (answer.fault().isPresent()) {
            return unusable(answer.fault().get());
        }
        log(Log.Level.INFO, "call", "ok");
        return new Outcome.Read(answer.contents(), size);
    }
}
