#pragma once
#include <sys/socket.h>

#include "os/shared_mapping.h"
#include "result.h"
#include "unique_fd.h"

namespace ipcbench {

/** One end of the measured channel: one duplex descriptor, or one to read and one to write. */
class Endpoint {
 public:
  explicit Endpoint(UniqueFd duplex) : read_(std::move(duplex)) {}
  Endpoint(UniqueFd read, UniqueFd write) : read_(std::move(read)), write_(std::move(write)), isSplit_(true) {}

  int readFd() const { return read_.get(); }
  int writeFd() const { return isSplit_ ? write_.get() : read_.get(); }

  /** Nothing more will be written: a reader at the other end meets the end of file, where the transport has one. */
  void closeWriting() {
    if (isSplit_) {
      write_.reset();
    } else {
      ::shutdown(read_.get(), SHUT_WR);
    }
  }

 private:
  UniqueFd read_;
  UniqueFd write_;
  bool isSplit_ = false;
};

/** Opens what an EndpointSpec names (grammar: native/README.md). `progress` is told what each step sleeps in. */
Result<Endpoint> openEndpoint(const char* spec, const Progress& progress);

/** False, with a sentence, when the text is no endpoint spec: known before anything is opened. */
Status checkEndpointSpec(const char* spec);

}  // namespace ipcbench
