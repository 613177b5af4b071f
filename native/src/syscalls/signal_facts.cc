#include "signal_facts.h"

namespace ipcbench::sys {

SignalFacts factsOf(int signo, const siginfo_t& info) {
  SignalFacts facts;
  facts.signo = signo;
  facts.code = info.si_code;
  // siginfo_t is a union: the sender and the descriptor lie in the same bytes. With F_SETSIG any signal can be a
  // descriptor's, and its code is then one of POLL_IN … POLL_HUP, or SI_SIGIO for the signals that give these numbers a
  // meaning of their own (kernel/signal.c, siginfo_layout; fs/fcntl.c, send_sigio_to_task).
  const bool hasOwnCodes = signo == SIGCHLD || signo == SIGILL || signo == SIGFPE || signo == SIGSEGV ||
                           signo == SIGBUS || signo == SIGTRAP || signo == SIGSYS;
  const bool isDescriptors =
      info.si_code == SI_SIGIO || (!hasOwnCodes && info.si_code >= POLL_IN && info.si_code <= POLL_HUP);
  const bool isSenders =
      info.si_code == SI_USER || info.si_code == SI_TKILL || info.si_code == SI_QUEUE || signo == SIGCHLD;
  if (isDescriptors) {
    facts.fd = info.si_fd;
    facts.band = info.si_band;
  } else if (isSenders) {
    facts.pid = info.si_pid;
    facts.uid = info.si_uid;
  }
  return facts;
}

Napi::Object signalObject(Napi::Env env, const SignalFacts& facts) {
  Napi::Object object = Napi::Object::New(env);
  object.Set("signo", Napi::Number::New(env, facts.signo));
  object.Set("code", Napi::Number::New(env, facts.code));
  object.Set("pid", Napi::Number::New(env, facts.pid));
  object.Set("uid", Napi::Number::New(env, facts.uid));
  object.Set("fd", Napi::Number::New(env, facts.fd));
  object.Set("band", Napi::Number::New(env, static_cast<double>(facts.band)));
  return object;
}

}  // namespace ipcbench::sys
