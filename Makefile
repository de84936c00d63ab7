# make demo    a mailbox's password changed from PHP, Perl, C and the shell, checked by a real Dovecot
# make test    everything; installs what is missing (Debian, Ubuntu) and says what
# make bench   side-by-side measurements, as a table of ratios
# make bench ROWS="many server-list"   the rows alone whose keys in benches/rows.tsv begin so
# make lint    format and lints, as errors
# make fuzz SECONDS=60    coverage-guided tests of all that reads bytes from outside, each target for that long
# make soak SECONDS=3600  a whole mail host under honest and hostile customers (as root)
# make audit   licences, bans and known faults of all dependencies, by cargo-deny
# make build PROFILE=packed          as packages have it: smaller and quicker, for a longer build (else `release`)
# make install PREFIX= DESTDIR=     library, headers, pkg-config file, programs, PHP and Perl files, units of systemd
# make install-compat ROOT=         the places of a cPanel server that scripts name, as links
# make dist    packages for Debian, Composer and CPAN, and an archive for other systems, in target/dist; they load on
#              glibc 2.28 and newer (GLIBC=2.31 or so for another one, GLIBC=own for this machine's)
# make release the same of a committed and tested version, with the list of what is in it
# make test-debian SUITES="bullseye bookworm trixie"   demo and tests on fresh systems of these releases (as root)

CARGO ?= cargo

demo:
	@scripts/packages.sh demo
	@$(MAKE) --no-print-directory build
	@scripts/demo.sh

test:
	@scripts/packages.sh test
	@$(MAKE) --no-print-directory lint
	RUST_TEST_THREADS=$${RUST_TEST_THREADS:-$(TEST_THREADS)} $(CARGO) test --locked --config 'target."cfg(unix)".runner = "scripts/bounded.sh"'
	@SEED=1 scripts/fuzz.sh 3
	@$(MAKE) --no-print-directory msrv
	@$(MAKE) --no-print-directory demo

# Each release's answer is told at the end; one that fails does not keep the others from their turn.
SUITES ?= bullseye bookworm trixie
test-debian:
	@failed=; for suite in $(SUITES); do \
	    echo "test-debian: $$suite"; \
	    scripts/on-debian.sh $$suite make demo test || failed="$$failed $$suite"; \
	done; [ -z "$$failed" ] || { echo "test-debian: failed on$$failed" >&2; exit 1; }

# Most tests wait: for a server to start, a deadline to pass, a lock.
TEST_THREADS = $(shell expr 2 '*' "$$(nproc)")

# rustfmt and clippy are components that a minimal toolchain lacks; what is missing is named, not hidden.
lint:
	@if $(CARGO) fmt --version >/dev/null 2>&1; then $(CARGO) fmt --check; else echo "lint: rustfmt is not installed (rustup component add rustfmt): format not checked"; fi
	@if $(CARGO) clippy --version >/dev/null 2>&1; then $(CARGO) clippy --locked --all-targets -- -D warnings; else echo "lint: clippy is not installed (rustup component add clippy): lints not checked"; fi
	RUSTDOCFLAGS="-D warnings" $(CARGO) doc --locked --no-deps --document-private-items --quiet

# What deny.toml allows and forbids.
audit:
	@if $(CARGO) deny --version >/dev/null 2>&1; then $(CARGO) deny --workspace --locked check; \
	else echo "audit: cargo-deny is not installed (cargo install --locked cargo-deny): dependencies not checked" >&2; exit 1; fi

# The oldest Rust that Cargo.toml promises, if rustup has it; the tests themselves run on the default one.
MSRV = $(shell sed -n 's/^rust-version = "\(.*\)"/\1/p' Cargo.toml)
msrv:
	@if rustc --version | grep -q " $(MSRV)\."; then echo "msrv: the default toolchain is $(MSRV), so the tests checked it"; \
	elif $(CARGO) +$(MSRV) --version >/dev/null 2>&1; then $(CARGO) +$(MSRV) check --locked --all-targets; \
	else echo "msrv: no Rust $(MSRV) here (rustup toolchain install $(MSRV)): checked with $$(rustc --version) only"; fi

PROFILE ?= release
build:
	$(CARGO) build --profile $(PROFILE) --locked
	@scripts/names.sh link $${CARGO_TARGET_DIR:-target}/$(PROFILE)

# After `make build` with the same PROFILE: that may run as yourself, and these as root.
install uninstall:
	@scripts/install.sh $@
install-compat:
	@scripts/install.sh compat
uninstall-compat:
	@scripts/install.sh uncompat
export GLIBC PROFILE PREFIX DESTDIR LIBDIR PHPDIR PERLDIR UNITDIR ROOT

dist: PROFILE = packed
dist:
	@scripts/packages.sh dist
# The allocator's C code writes the time of its compilation into the daemon.
	@SOURCE_DATE_EPOCH=$$(scripts/epoch.sh) scripts/glibc.sh build $(PROFILE)
	@scripts/names.sh link $${CARGO_TARGET_DIR:-target}/$(PROFILE)
	@scripts/dist.sh

release:
	@scripts/release.sh check
	@$(MAKE) --no-print-directory test
	@scripts/release.sh build

bench:
	@scripts/packages.sh bench
	@benches/run.sh

fuzz: SECONDS = 60
fuzz:
	@scripts/packages.sh test
	@scripts/fuzz.sh $(SECONDS)

soak: SECONDS = 3600
soak:
	@scripts/packages.sh test
	@$(MAKE) --no-print-directory build
	@tests/soak/soak.py $(SECONDS)

# In both builds: the tests' own, and the one that is optimised.
hashes: COUNT = 100000
hashes:
	@scripts/packages.sh test
	LIVEAPI_HASHES=$(COUNT) $(CARGO) test --release --locked --lib -- --nocapture every_width_equals_crypt
	LIVEAPI_HASHES=$(COUNT) $(CARGO) test --locked --lib -- --nocapture every_width_equals_crypt

clean:
	$(CARGO) clean

.PHONY: demo test test-debian build audit install uninstall install-compat uninstall-compat dist release lint msrv bench fuzz soak hashes clean
