# Perl: sort, hashes, regular expressions, fork, pipes, sockets, sprintf, local time, big loops
use strict; use warnings; use Socket; use IO::Handle; use POSIX qw(floor fmod :sys_wait_h);
my @n = map { ($_ * 7919) % 1009 } 1 .. 1000;
print join(",", (sort { $a <=> $b } @n)[0 .. 9]), " ", scalar(@n), "\n";
my %h; $h{$_ % 13} += $_ for @n; print join(" ", map { "$_=$h{$_}" } sort { $a <=> $b } keys %h), "\n";
my $text = "The quick brown fox jumps over the lazy dog " x 50; my $count = () = $text =~ /\b\w*o\w*\b/g; print "$count\n";
(my $t = $text) =~ s/(\w+) (\w+)/$2 $1/g; print substr($t, 0, 60), "\n"; print scalar reverse("abc"), ucfirst(lc "HELLO"), "\n";
pipe(my $r, my $w) or die; my $pid = fork();
if (!$pid) { close $r; print $w "from child\n"; close $w; POSIX::_exit(6); }
close $w; print scalar <$r>; waitpid($pid, 0); print $? >> 8, "\n";
socketpair(my $a, my $b, AF_UNIX, SOCK_STREAM, PF_UNSPEC) or die; $a->autoflush(1); print $a "socket\n"; print scalar <$b>;
socket(my $s, PF_INET, SOCK_STREAM, 0) or die; bind($s, sockaddr_in(0, INADDR_LOOPBACK)) or die; listen($s, 1);
my ($port) = sockaddr_in(getsockname $s);
if (!($pid = fork())) { socket(my $c, PF_INET, SOCK_STREAM, 0); connect($c, sockaddr_in($port, INADDR_LOOPBACK)) or POSIX::_exit(1); syswrite $c, "tcp\n"; POSIX::_exit(0); }
accept(my $c, $s); print scalar <$c>; waitpid($pid, 0); print "$?\n";
printf "%.10f %e %g %05d %x %s\n", atan2(1, 1) * 4, 1 / 3, 1e100, 42, 255, "s"; print floor(-3.5), " ", fmod(10, 3), " ", 2 ** 62, " ", 9 ** 20, "\n";
print `echo backtick`; print system("exit 3") >> 8, "\n"; my $x = 0; $x = ($x * 31 + $_) % 1000003 for 1 .. 200000; print "$x\n";
local $SIG{ALRM} = sub { print "alarm\n" }; alarm 1; select(undef, undef, undef, 1.5); eval { die { code => 5 } }; print $@->{code}, "\n";
local $SIG{CHLD} = sub { 1 while waitpid(-1, WNOHANG) > 0; print "child gone\n" }; if (!fork()) { POSIX::_exit(0) } sleep 1 for 1 .. 2;
print join(" ", (gmtime(86400 * 365))[5, 4, 3]), "\n"; print pack("NnC", 1, 2, 3) eq "\0\0\0\1\0\2\3" ? "pack\n" : "bad\n"; print sprintf("%vd", "1.22.333"), "\n";
open(my $f, '>', 'perl.tmp'); print $f "$_\n" for 1 .. 100; close $f; open($f, '<', 'perl.tmp'); my @l = <$f>; print scalar(@l), " ", -s 'perl.tmp', "\n";
