package dev.mcpgateway.kernel.call;

import dev.mcpgateway.api.Provider;
import dev.mcpgateway.api.ResourceContents;
import dev.mcpgateway.kernel.catalog.Reader;
import dev.mcpgateway.kernel.log.Log;
import dev.mcpgateway.kernel.text.PlainText;
import java.util.ArrayList;
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
        if (contents.isEmpty()) {
            return unusable("returned a resource without contents");
        }
        log(Log.Level.INFO, "call", "ok");
        return new Outcome.Read(asAskedFor(contents), size);
    }

    /**
     * What was asked for goes by the URI that the client used. Where there is more of it, e.g. what stands in a folder, the
     * rest keeps its own.
     */
    private List<ResourceContents> asAskedFor(List<ResourceContents> contents) {
        List<ResourceContents> all = new ArrayList<>(contents.size());
        for (ResourceContents each : contents) {
            boolean isIt =
                    contents.size() == 1 || each.uri().isEmpty() || each.uri().equals(reader.uri());
            all.add(isIt ? at(uri, each) : each);
        }
        return List.copyOf(all);
    }

    private static ResourceContents at(String uri, ResourceContents contents) {
        return switch (contents) {
            case ResourceContents.Text text -> new ResourceContents.Text(uri, text.mimeType(), text.text());
            case ResourceContents.Blob blob -> new ResourceContents.Blob(uri, blob.mimeType(), blob.data());
        };
    }
}
