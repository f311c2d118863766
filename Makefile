# `make` alone lists what there is. Every recipe is quiet until it has something to say.

# What is in plugins-dir by default.
PLUGINS := grpc-transport http-transport

.PHONY: help
help: ## this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-17s %s\n", $$1, $$2 }' Makefile

# --- toolchains -----------------------------------------------------------------------------------------------------

# Tests make files whose names have any letters.
export LC_ALL := C.UTF-8
export JAVA_HOME := $(shell . ./bin/jdk.sh && find_jdk javac && printf %s "$$JDK")
export MVN := mvn -B -q -Dstyle.color=never
# Maven's own Guava would be warned of. (Not in .mvn/jvm.config: an older JVM would stop there, before it hears which is needed.)
export MAVEN_OPTS += --sun-misc-unsafe-memory-access=allow

# $(call need,PROGRAM,HOW TO GET IT)
need = @command -v $(1) >/dev/null || { echo "make: $(1) is missing: $(2)" >&2; exit 1; }

.PHONY: need-java need-go need-rust need-node
need-java:
	@. ./bin/jdk.sh; find_jdk javac || { echo "make: $$JDK_HELP" >&2; exit 1; }
	$(call need,mvn,install Maven 3.8.7 or newer (apt install maven; brew install maven))
need-go:
	$(call need,go,install Go 1.26 or newer (https://go.dev/dl; brew install go))
need-rust:
	$(call need,cargo,install Rust 1.91 or newer (https://rustup.rs; brew install rust))
	$(call need,cc,it links Rust programs: install a C compiler (apt install gcc; xcode-select --install))
need-node:
	$(call need,npm,install Node 20 or newer with npm (https://nodejs.org; brew install node))

# --- what is made, and of what --------------------------------------------------------------------------------------

# Folders count too: one becomes newer when a file in it goes.
JAVA_SOURCES := pom.xml $(wildcard */pom.xml plugins/*/pom.xml .mvn/*) \
    $(shell find $(wildcard */src/main plugins/*/src/main)) $(shell find proto -name '*.proto')
GO_MODULES := proto schemas/hello providers/hello-go providers/conformance
GO_SOURCES := $(shell find $(wildcard $(GO_MODULES)) -name bin -prune -o -print)
RUST_SOURCES := $(wildcard providers/hello-rs/Cargo.* providers/hello-rs/build.rs) \
    $(shell find $(wildcard providers/hello-rs/src schemas/hello)) $(shell find proto -name '*.proto')

JAVA_BUILT := gateway/target/built
HELLO_GO := providers/hello-go/bin/hello-go
HELLO_RS := providers/hello-rs/bin/hello-rs
JUDGE := providers/conformance/bin/provider-conformance

# --- use ------------------------------------------------------------------------------------------------------------

.PHONY: quickstart demo run-gateway run-hello-go run-hello-rs
quickstart: quickstart-plugins ## with only a JDK and Maven: build, then list and call a plugin's tools
	@dev/quickstart

demo: build demo/node_modules/.package-lock.json ## build, then watch the MCP Inspector list and call the tools
	@node demo/run.mjs

%/node_modules/.package-lock.json: %/package.json %/package-lock.json | need-node
	@echo "fetching what $* needs of npm"
	@cd $* && npm ci --ignore-scripts --no-audit --no-fund --loglevel=error >/dev/null
	@touch $@

run-gateway: build ## the gateway on stdin and stdout, with providers.yaml
	@exec bin/mcp-gateway stdio

run-hello-go: $(HELLO_GO) ## the demo provider in Go alone, on localhost:50051
	@exec $(HELLO_GO) --listen localhost:50051

run-hello-rs: $(HELLO_RS) ## the one in Rust, on [::1]:50052
	@exec $(HELLO_RS) --listen '[::1]:50052'

# --- measure --------------------------------------------------------------------------------------------------------

.PHONY: conformance bench chaos
conformance: build conformance/node_modules/.package-lock.json ## the official conformance suite, against the gateway over HTTP; prints a table
	@node conformance/run.mjs

bench: build ## how fast it is, next to a bare gRPC client; under 10 minutes, with BENCH=quick under 2
	@exec "$$JAVA_HOME/bin/java" -XX:+UseSerialGC -cp 'bench/target/lib/*' dev.mcpgateway.bench.Main . $(or $(BENCH),full)

chaos: build ## what faults cost, in figures: freezes, floods, kills, time-outs, replaced plugins, hostile neighbours; under 15 minutes, ROUNDS=50 shortens it
	@rm -f acceptance/target/chaos.txt
	@$(MVN) -pl acceptance -am package -Dtest='*ChaosTest,*NeighboursTest' -DexcludedGroups= -Dacceptance.forks=1 -Dacceptance.jvm= -Dsurefire.failIfNoSpecifiedTests=false \
	    -Dacceptance.rounds=$(or $(ROUNDS),500); status=$$?; cat acceptance/target/chaos.txt; exit $$status

# --- build ----------------------------------------------------------------------------------------------------------

.PHONY: build
build: $(JAVA_BUILT) $(HELLO_GO) $(HELLO_RS) $(JUDGE) plugins-dir aot ## the gateway, its plugins, the demo providers and the judge of providers

$(JAVA_BUILT): $(JAVA_SOURCES) | need-java
	@echo "building the gateway and its plugins"
	@$(MVN) package -Dmaven.test.skip
	@touch $@

$(HELLO_GO): $(GO_SOURCES) | need-go
	@echo "building hello-go"
	@$(MAKE) --no-print-directory -s -C providers/hello-go build
	@touch $@

$(JUDGE): $(GO_SOURCES) | need-go
	@echo "building provider-conformance"
	@$(MAKE) --no-print-directory -s -C providers/conformance build
	@touch $@

$(HELLO_RS): $(RUST_SOURCES) | need-rust
	@echo "building hello-rs"
	@$(MAKE) --no-print-directory -s -C providers/hello-rs build
	@touch $@

# $(call drop,PLUGIN,FOLDER): by rename, so that a gateway that watches the folder sees a whole jar or none; and only when it
# differs, so that one that serves is left in peace.
drop = jar=$$(ls plugins/$(1)/target/$(1)-*.jar); \
    cmp -s "$$jar" $(2)/$(1).jar || { cp "$$jar" $(2)/.$(1).part && mv $(2)/.$(1).part $(2)/$(1).jar; }

.PHONY: plugins-dir quickstart-plugins
plugins-dir: $(JAVA_BUILT)
	@$(foreach plugin,$(PLUGINS),{ $(call drop,$(plugin),$@); } &&) :

quickstart-plugins: $(JAVA_BUILT)
	@$(call drop,hello,$@)

# What makes the start quick; without it everything works, slower.
.PHONY: aot
aot: $(HELLO_GO) plugins-dir
	@dev/train-aot gateway/target/lib

# --- for authors of plugins -----------------------------------------------------------------------------------------

# What a project outside needs of us, and no more; a list with a comma, as Maven wants it. (-am: what its tests are made of
# has to be there for Maven, and is not installed.)
FOR_AUTHORS := .,gateway-api,gateway,gateway-testkit,plugins,plugins/grpc-transport,plugin-archetype

.PHONY: install-api javadoc third-party-test
install-api: need-java ## what plugins outside this checkout are built on, into the local Maven repository
	@$(MVN) install -Dmaven.test.skip -Dspotless.check.skip -pl $(FOR_AUTHORS) -am

third-party-test: build need-node ## a plugin from the archetype to its removal, outside this checkout; `make test` does this too
	@MAKE='$(MAKE) --no-print-directory' dev/third-party-test

javadoc: need-java ## the plugin API and the testkit as web pages, in target/apidocs
	@rm -rf target/apidocs
	@$(MVN) javadoc:aggregate -Dmaven.test.skip -pl .,gateway-api,gateway,gateway-testkit

# --- quality --------------------------------------------------------------------------------------------------------

.PHONY: test check slow elsewhere format lint proto-gen api clean
test: ## build, then all tests; the last line counts them
	@MAKE='$(MAKE) --no-print-directory' dev/run-tests

# All acceptance tests again, with options.
ACCEPT = $(MVN) -pl acceptance -am verify -Dtest='dev.mcpgateway.acceptance.*Test' -Dsurefire.failIfNoSpecifiedTests=false

slow: build ## the acceptance tests once more, on gateways exactly as they are delivered and with floods of full size; about 25 minutes
	@$(ACCEPT) -Dacceptance.slow=true -Dacceptance.jvm=

elsewhere: build ## the acceptance tests on a copy of the product in an odd place, with LC_ALL=C and without HOME; about 12 minutes
	@rm -rf target/elsewhere && mkdir -p "target/elsewhere/Zoë's tools (1)"
	@cp -Rp bin plugins-dir providers.yaml "target/elsewhere/Zoë's tools (1)" && cp -Rp gateway/target/lib "target/elsewhere/Zoë's tools (1)/lib"
	@for each in hello-go hello-rs; do mkdir -p "target/elsewhere/Zoë's tools (1)/providers/$$each" && cp -Rp providers/$$each/bin "target/elsewhere/Zoë's tools (1)/providers/$$each"; done
	@$(ACCEPT) -Dacceptance.environment=LC_ALL=C,-LANG,-HOME -Dacceptance.product="$(CURDIR)/target/elsewhere/Zoë's tools (1)"

check: need-java ## for the inner loop, two to three minutes: compile everything, formats, and the unit tests that take no time
	@$(MVN) test -Dtest='*Test,!dev.mcpgateway.acceptance.**' -DexcludedGroups=slow -Dsurefire.failIfNoSpecifiedTests=false

format: need-java need-go need-rust ## rewrite the sources in the house style
	@$(MVN) spotless:apply
	@gofmt -w $(GO_MODULES)
	@$(MAKE) --no-print-directory -s -C providers/hello-rs format

lint: need-java need-go need-rust ## what `make test` also refuses, without the tests
	@$(MVN) test-compile spotless:check
	@test -z "$$(gofmt -l $(GO_MODULES) | tee /dev/stderr)"
	@for module in $(GO_MODULES); do (cd $$module && go vet ./...) || exit 1; done
	@$(MAKE) --no-print-directory -s -C providers/hello-rs lint

proto-gen: need-go ## the checked-in Go code from proto/ (Java's and Rust's are made by the build)
	@cd proto && go generate ./...

api: need-java ## gateway-api/api.txt from the code: the public API as plugins see it
	@$(MVN) -pl gateway-api test -Dtest=PublicApiTest -Dapi.write=true

clean: ## remove everything that was built or fetched
	@rm -rf target */target plugins/*/target providers/*/bin providers/*/target demo/node_modules conformance/node_modules acceptance/clients/node_modules $(PLUGINS:%=plugins-dir/%.jar) quickstart-plugins/hello.jar
