#include "launcher.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/signalfd.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <cstring>

#include "../json_line.h"
#include "start_process.h"

namespace ipcbench {
namespace {

/** A pipe holds 64 KiB: of a process that has ended no more can be there, whoever else still writes. */
constexpr int mostReadsAfterEnd = 32;
constexpr size_t errorBytesAtOnce = 2048;

Result<UniqueFd> watchChildren() {
  sigset_t ended;
  sigemptyset(&ended);
  sigaddset(&ended, SIGCHLD);
  if (::sigprocmask(SIG_BLOCK, &ended, nullptr) != 0) return Failure::ofCall("sigprocmask", errno);
  UniqueFd watch(::signalfd(-1, &ended, SFD_CLOEXEC | SFD_NONBLOCK));
  if (!watch.isOpen()) return Failure::ofCall("signalfd", errno);
  return watch;
}

}  // namespace

Status Launcher::run() {
  // The harness hears of an interruption too, and decides what becomes of the processes.
  for (const int ignored : ignoredSignals) std::signal(ignored, SIG_IGN);
  auto ended = watchChildren();
  if (!ended) return ended.failure();
  std::vector<pollfd> watched;
  for (;;) {
    watched.assign({{requestsFd_, POLLIN, 0}, {ended->get(), POLLIN, 0}});
    for (const Child& child : children_) watched.push_back({child.errors.get(), POLLIN, 0});
    if (::poll(watched.data(), watched.size(), -1) < 0 && errno != EINTR) return Failure::ofCall("poll", errno);
    for (size_t index = 0; index < children_.size(); ++index) {
      // poll(2) passes over a negative descriptor: this is how a closed one looks.
      if (watched[index + 2].revents != 0 && !forwardErrors(children_[index])) children_[index].errors.reset();
    }
    if (watched[1].revents != 0) {
      signalfd_siginfo news;
      while (::read(ended->get(), &news, sizeof news) > 0) continue;
      reap();
    }
    if (watched[0].revents == 0) continue;
    auto request = requests_.next();
    if (!request) return endAll(), request.failure();
    switch (request->kind) {
      case Request::Kind::start:
        start(*request);
        break;
      case Request::Kind::kill:
        kill(request->id);
        break;
      case Request::Kind::end:
        return endAll(), Nothing{};
    }
  }
}

void Launcher::start(Request& request) {
  const auto refuse = [&](const Failure& failure) {
    JsonLine(replies_).string("type", "refused").number("id", request.id).string("code", errorName(failure.error));
  };
  int ends[2];
  if (::pipe2(ends, O_CLOEXEC) != 0) return refuse(Failure::ofCall("pipe2", errno));
  UniqueFd read(ends[0]);
  const UniqueFd write(ends[1]);
  ::fcntl(read.get(), F_SETFL, O_NONBLOCK);
  auto pid = startProcess(request, write.get());
  if (!pid) return refuse(pid.failure());
  children_.push_back({request.id, *pid, std::move(read)});
  JsonLine(replies_).string("type", "started").number("id", request.id).number("pid", static_cast<uint64_t>(*pid));
}

void Launcher::kill(int64_t id) {
  // Nobody else reaps it, so the number is still that of the process.
  for (const Child& child : children_) {
    if (child.id == id) ::kill(child.pid, SIGKILL);
  }
}

void Launcher::reap() {
  int status;
  for (pid_t pid; (pid = ::waitpid(-1, &status, WNOHANG)) > 0;) {
    const auto child =
        std::find_if(children_.begin(), children_.end(), [&](const Child& one) { return one.pid == pid; });
    // Not one of ours: the launcher also inherits what a process that it started has left behind.
    if (child == children_.end()) continue;
    tellEnd(*child, status);
    children_.erase(child);
  }
}

void Launcher::tellEnd(Child& child, int status) {
  for (int reads = 0; reads < mostReadsAfterEnd && child.errors.isOpen() && forwardErrors(child);) ++reads;
  JsonLine line(replies_);
  line.string("type", "ended").number("id", child.id);
  if (WIFSIGNALED(status)) {
    line.null("exitCode").number("signal", WTERMSIG(status));
  } else {
    line.number("exitCode", WEXITSTATUS(status)).null("signal");
  }
}

bool Launcher::forwardErrors(const Child& child) {
  unsigned char bytes[errorBytesAtOnce];
  const ssize_t length = ::read(child.errors.get(), bytes, sizeof bytes);
  if (length <= 0) return length < 0 && (errno == EAGAIN || errno == EINTR);
  // As hexadecimal digits: what a process writes need not be text, and a character may be cut in two.
  char digits[2 * errorBytesAtOnce + 1];
  for (ssize_t at = 0; at < length; ++at) {
    digits[2 * at] = "0123456789abcdef"[bytes[at] >> 4];
    digits[2 * at + 1] = "0123456789abcdef"[bytes[at] & 15];
  }
  digits[2 * length] = '\0';
  JsonLine(replies_).string("type", "stderr").number("id", child.id).string("bytes", digits);
  return true;
}

void Launcher::endAll() {
  for (const Child& child : children_) ::kill(child.pid, SIGKILL);
  for (const Child& child : children_) ::waitpid(child.pid, nullptr, 0);
  children_.clear();
}

}  // namespace ipcbench
