#include <fcntl.h>
#include <limits.h>
#include <linux/sockios.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <signal.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/select.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "kernel_numbers.h"
#include "syscalls.h"

// musl names the owner types of F_SETOWN_EX in its own way only.
#ifndef F_OWNER_TID
#define F_OWNER_TID 0
#define F_OWNER_PID 1
#define F_OWNER_PGRP 2
#endif

namespace ipcbench::sys {

void exportConstants(Napi::Env env, Napi::Object sys) {
  // Not a constant expression as a whole: SIGRTMIN is a call, because libc keeps some signals for itself.
  const struct {
    const char* name;
    int64_t value;
  } constants[] = {
#define NAMED(name) {#name, static_cast<int64_t>(name)}
      // Sockets
      NAMED(AF_UNSPEC),
      NAMED(AF_UNIX),
      NAMED(AF_INET),
      NAMED(SOCK_STREAM),
      NAMED(SOCK_DGRAM),
      NAMED(SOCK_SEQPACKET),
      NAMED(SOCK_RAW),
      NAMED(SOCK_NONBLOCK),
      NAMED(SOCK_CLOEXEC),
      NAMED(SOMAXCONN),
      NAMED(SHUT_RD),
      NAMED(SHUT_WR),
      NAMED(SHUT_RDWR),
      NAMED(SOL_SOCKET),
      NAMED(IPPROTO_TCP),
      NAMED(TCP_NODELAY),
      NAMED(SO_SNDBUF),
      NAMED(SO_RCVBUF),
      NAMED(SO_ERROR),
      NAMED(SO_TYPE),
      NAMED(SO_DOMAIN),
      NAMED(SO_PROTOCOL),
      NAMED(SO_ACCEPTCONN),
      NAMED(SO_PASSCRED),
      NAMED(SO_PEERCRED),
      NAMED(SO_PEERSEC),
      NAMED(SO_PEERGROUPS),
      NAMED(SO_PEEK_OFF),
      NAMED(SO_SNDTIMEO),
      NAMED(SO_RCVTIMEO),
      NAMED(SO_RCVLOWAT),
      NAMED(SO_LINGER),
      NAMED(SO_REUSEADDR),
      NAMED(SO_PASSPIDFD),
      NAMED(SO_PEERPIDFD),
      NAMED(SO_PASSRIGHTS),
      NAMED(SO_INQ),
      NAMED(MSG_CMSG_CLOEXEC),
      NAMED(MSG_CTRUNC),
      NAMED(MSG_DONTWAIT),
      NAMED(MSG_EOR),
      NAMED(MSG_MORE),
      NAMED(MSG_NOSIGNAL),
      NAMED(MSG_OOB),
      NAMED(MSG_PEEK),
      NAMED(MSG_TRUNC),
      NAMED(MSG_WAITALL),
      NAMED(MSG_WAITFORONE),
      NAMED(SCM_RIGHTS),
      NAMED(SCM_CREDENTIALS),
      NAMED(SCM_SECURITY),
      NAMED(SCM_PIDFD),
      NAMED(SCM_INQ),
      // Descriptors and files
      NAMED(O_RDONLY),
      NAMED(O_WRONLY),
      NAMED(O_RDWR),
      NAMED(O_ACCMODE),
      NAMED(O_CREAT),
      NAMED(O_EXCL),
      NAMED(O_TRUNC),
      NAMED(O_APPEND),
      NAMED(O_NONBLOCK),
      NAMED(O_CLOEXEC),
      NAMED(O_DIRECT),
      NAMED(O_ASYNC),
      NAMED(O_PATH),
      NAMED(O_DIRECTORY),
      NAMED(O_NOFOLLOW),
      NAMED(O_TMPFILE),
      NAMED(F_DUPFD),
      NAMED(F_DUPFD_CLOEXEC),
      NAMED(F_GETFD),
      NAMED(F_SETFD),
      NAMED(F_GETFL),
      NAMED(F_SETFL),
      NAMED(F_GETOWN),
      NAMED(F_SETOWN),
      NAMED(F_GETSIG),
      NAMED(F_SETSIG),
      NAMED(F_GETPIPE_SZ),
      NAMED(F_SETPIPE_SZ),
      NAMED(FD_CLOEXEC),
      NAMED(F_OWNER_TID),
      NAMED(F_OWNER_PID),
      NAMED(F_OWNER_PGRP),
      NAMED(FIONREAD),
      NAMED(FIONBIO),
      NAMED(FIOASYNC),
      NAMED(SIOCINQ),
      NAMED(SIOCOUTQ),
      NAMED(SIOCATMARK),
      NAMED(TIOCOUTQ),
      NAMED(CLOSE_RANGE_CLOEXEC),
      NAMED(CLOSE_RANGE_UNSHARE),
      NAMED(SEEK_SET),
      NAMED(SEEK_CUR),
      NAMED(SEEK_END),
      NAMED(S_IFMT),
      NAMED(S_IFSOCK),
      NAMED(S_IFIFO),
      NAMED(S_IFREG),
      NAMED(S_IFDIR),
      NAMED(S_IFLNK),
      NAMED(S_IFCHR),
      NAMED(EFD_CLOEXEC),
      NAMED(EFD_NONBLOCK),
      NAMED(EFD_SEMAPHORE),
      NAMED(MFD_CLOEXEC),
      NAMED(MFD_ALLOW_SEALING),
      NAMED(SPLICE_F_NONBLOCK),
      NAMED(SPLICE_F_MORE),
      NAMED(SPLICE_F_MOVE),
      NAMED(_PC_PIPE_BUF),
      NAMED(_PC_NAME_MAX),
      NAMED(_PC_PATH_MAX),
      NAMED(_SC_IOV_MAX),
      NAMED(_SC_OPEN_MAX),
      NAMED(_SC_PAGESIZE),
      NAMED(_SC_MQ_PRIO_MAX),
      NAMED(PIPE_BUF),
      NAMED(IOV_MAX),
      // Readiness
      NAMED(POLLIN),
      NAMED(POLLPRI),
      NAMED(POLLOUT),
      NAMED(POLLERR),
      NAMED(POLLHUP),
      NAMED(POLLNVAL),
      NAMED(POLLRDHUP),
      NAMED(POLLRDNORM),
      NAMED(POLLRDBAND),
      NAMED(POLLWRNORM),
      NAMED(POLLWRBAND),
      NAMED(EPOLLIN),
      NAMED(EPOLLPRI),
      NAMED(EPOLLOUT),
      NAMED(EPOLLERR),
      NAMED(EPOLLHUP),
      NAMED(EPOLLRDHUP),
      NAMED(EPOLLET),
      NAMED(EPOLLONESHOT),
      NAMED(EPOLLEXCLUSIVE),
      NAMED(EPOLLWAKEUP),
      NAMED(EPOLL_CLOEXEC),
      NAMED(EPOLL_CTL_ADD),
      NAMED(EPOLL_CTL_MOD),
      NAMED(EPOLL_CTL_DEL),
      NAMED(FD_SETSIZE),
      // Signals
      NAMED(SIGHUP),
      NAMED(SIGINT),
      NAMED(SIGQUIT),
      NAMED(SIGILL),
      NAMED(SIGTRAP),
      NAMED(SIGABRT),
      NAMED(SIGBUS),
      NAMED(SIGFPE),
      NAMED(SIGKILL),
      NAMED(SIGUSR1),
      NAMED(SIGSEGV),
      NAMED(SIGUSR2),
      NAMED(SIGPIPE),
      NAMED(SIGALRM),
      NAMED(SIGTERM),
      NAMED(SIGCHLD),
      NAMED(SIGCONT),
      NAMED(SIGSTOP),
      NAMED(SIGTSTP),
      NAMED(SIGTTIN),
      NAMED(SIGTTOU),
      NAMED(SIGURG),
      NAMED(SIGXCPU),
      NAMED(SIGXFSZ),
      NAMED(SIGVTALRM),
      NAMED(SIGPROF),
      NAMED(SIGWINCH),
      NAMED(SIGIO),
      NAMED(SIGPWR),
      NAMED(SIGSYS),
      NAMED(SIGRTMIN),
      NAMED(SIGRTMAX),
      NAMED(SIG_BLOCK),
      NAMED(SIG_UNBLOCK),
      NAMED(SIG_SETMASK),
      NAMED(SFD_CLOEXEC),
      NAMED(SFD_NONBLOCK),
      NAMED(SI_USER),
      NAMED(SI_KERNEL),
      NAMED(SI_QUEUE),
      NAMED(SI_TIMER),
      NAMED(SI_TKILL),
      NAMED(SI_SIGIO),
      NAMED(POLL_IN),
      NAMED(POLL_OUT),
      NAMED(POLL_MSG),
      NAMED(POLL_ERR),
      NAMED(POLL_PRI),
      NAMED(POLL_HUP),
      NAMED(CLD_EXITED),
      NAMED(CLD_KILLED),
      NAMED(CLD_STOPPED),
      NAMED(CLD_CONTINUED),
      // Processes
      NAMED(WNOHANG),
      NAMED(WUNTRACED),
      NAMED(WCONTINUED),
      NAMED(RLIMIT_NOFILE),
      NAMED(RLIMIT_CORE),
      NAMED(RLIMIT_AS),
      NAMED(RLIMIT_NPROC),
      NAMED(RLIMIT_MSGQUEUE),
      NAMED(RLIMIT_SIGPENDING),
      NAMED(RLIMIT_FSIZE),
      NAMED(PR_SET_PDEATHSIG),
      NAMED(PR_GET_PDEATHSIG),
      NAMED(PR_SET_DUMPABLE),
      NAMED(PR_GET_DUMPABLE),
      NAMED(PR_SET_CHILD_SUBREAPER),
      NAMED(PR_SET_NO_NEW_PRIVS),
#undef NAMED
  };
  Napi::Object all = Napi::Object::New(env);
  for (const auto& each : constants) all.Set(each.name, Napi::Number::New(env, static_cast<double>(each.value)));
  all.Freeze();
  sys.Set("constants", all);
}

}  // namespace ipcbench::sys
