package StoreForTests;

# What the tests share: a store with the account bob and the mailbox user@example.com, time limits,
# children, scripts in a Perl of their own. The store is the one that LIVEAPI_URL and LIVEAPI_USER name, or
# one of our own in a temporary folder.

use strict;
use warnings;

use Cwd            ();
use Exporter       qw(import);
use File::Basename ();
use File::Temp     ();
use IO::Handle     ();
use POSIX          ();

our @EXPORT = qw(change complaint_of in_child password_is perl run_perl succeeded within);

# The longest that a test file may take, and a child of it.
use constant { FILE_SECONDS => 900, CHILD_SECONDS => 300 };

# The distribution's own modules, unless `make test` or `prove -b` put blib first.
my $root;

BEGIN {
    $root = Cwd::realpath( File::Basename::dirname(__FILE__) . '/../..' );
    unshift @INC, "$root/lib" if !grep { m{\bblib\b} } @INC;
}

sub _make_store {

    # Not an object, whose copy in a thread would remove the folder when the thread ends.
    my $own_store = File::Temp::tempdir( 'liveapi-XXXXXXXX', TMPDIR => 1, CLEANUP => 1 );

    # As root the store belongs to another user, who has to get to it.
    chmod 0755, $own_store or die "chmod: $!";
    $ENV{LIVEAPI_VIRTUAL_USER} = 'nobody';
    delete @ENV{qw(LIVEAPI_CONFIG LIVEAPI_REQUIRED_STRENGTH LIVEAPI_DEFAULT_QUOTA)};
    @ENV{qw(HOME LIVEAPI_URL LIVEAPI_USER)} = ( "$own_store", "home://$own_store/s", 'bob' );

    # Made by a child: the tests decide when their own process calls the library for the first time.
    my ( $status, $output, $errors ) = run_perl(<<'PERL');
        use Cpanel::LiveAPI ();
        my $cpliveapi = Cpanel::LiveAPI->new();
        my $answer = $cpliveapi->whm( 'createacct', { username => 'bob', domain => 'example.com' } );
        $answer->{metadata}{result} or die "$answer->{metadata}{reason}\n";
        my %mailbox = ( domain => 'example.com', email => 'user', password => 'Start-Password-1' );
        $answer = $cpliveapi->api2( 'Email', 'addpop', \%mailbox );
        $answer->{cpanelresult}{data}[0]{result} or die "$answer->{cpanelresult}{error}\n";
PERL
    print "Bail out! No store could be made: $errors\n" and exit 1 if $status;
    return;
}

sub perl { return ( $^X, map { "-I$_" } grep { !ref } @INC ) }

# Runs a script in a Perl of its own; returns its wait status, standard output and standard error.
sub run_perl {
    my ( $script, @arguments ) = @_;
    my $errors = File::Temp->new;
    my $pid    = open( my $output, '-|' ) // die "fork: $!";
    if ( !$pid ) {
        open STDERR, '>&', $errors or POSIX::_exit(99);
        alarm CHILD_SECONDS;
        exec perl(), '-e', $script, '--', @arguments or POSIX::_exit(99);
    }
    my $text = do { local $/; <$output> } // '';
    close $output;
    my $status = $?;
    open my $back, '<', "$errors" or die "$errors: $!";
    my $complaints = do { local $/; <$back> } // '';
    return ( $status, $text, $complaints );
}

# Runs a sub in a forked child; returns a sub that waits and tells whether it returned true.
sub in_child {
    my ($work) = @_;
    STDOUT->flush;
    my $pid = fork // die "fork: $!";
    if ( !$pid ) {
        alarm CHILD_SECONDS;
        my $good = eval { $work->() };
        print {*STDERR} "# child: $@" if $@;
        POSIX::_exit( $good ? 0 : 1 );
    }
    return sub { waitpid $pid, 0; return $? == 0 };
}

# Runs a sub with a time limit; a call that hangs is a failure, not a hanging test.
sub within {
    my ( $seconds, $work ) = @_;
    local $SIG{ALRM} = sub { die "no end after $seconds seconds\n" };
    alarm $seconds;
    my $result = eval { $work->() };
    my $error  = $@;
    alarm FILE_SECONDS;
    die $error if $error;
    return $result;
}

# The exception of a sub, as characters; undef without one.
sub complaint_of {
    my ($work) = @_;
    return if eval { $work->(); 1 };
    my $complaint = "$@";
    utf8::decode($complaint);
    return $complaint;
}

sub succeeded {
    my ($answer) = @_;
    return ( $answer->{cpanelresult}{data}[0]{result} // 0 ) == 1 && !exists $answer->{cpanelresult}{error};
}

sub change {
    my ( $cpliveapi, $email, $password ) = @_;
    my %change = ( domain => 'example.com', email => $email, password => $password );
    return succeeded( $cpliveapi->api2( 'Email', 'passwdpop', \%change ) );
}

sub password_is {
    my ( $cpliveapi, $email, $password ) = @_;
    my %question = ( email => "$email\@example.com", password => $password );
    return $cpliveapi->uapi( 'Email', 'verify_password', \%question )->{cpanelresult}{result}{data};
}

alarm FILE_SECONDS;
_make_store() if !$ENV{LIVEAPI_URL} || !$ENV{LIVEAPI_USER};

1;
