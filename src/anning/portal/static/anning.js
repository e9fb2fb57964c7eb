// What a page does beyond links and forms: follow a job, show how far an upload is. Every page works without it.

const SECOND = 1000;

/** Fetch a page as a document; its scripts do not run. */
function page(address) {
  return new Promise((done, failed) => {
    const request = new XMLHttpRequest();
    request.responseType = "document";
    request.onload = () => done(request.response);
    request.onerror = failed;
    request.open("GET", address);
    request.send();
  });
}

/** Look again every second, until the page has nothing under way any more. */
async function follow(here) {
  let fresh;
  try {
    fresh = await page(location.href);
  } catch {
    setTimeout(follow, 3 * SECOND, here);
    return;
  }
  const there = fresh?.getElementById("live");
  if (!there) {
    location.reload();
    return;
  }
  here.replaceChildren(...there.childNodes);
  setTimeout(follow, SECOND, here);
}

/** Send a form with a list and say how much of it is there. */
function upload(form) {
  const shown = form.querySelector(".upload");
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const button = form.querySelector("button.main");
    const request = new XMLHttpRequest();
    request.upload.onprogress = (at) => {
      shown.hidden = false;
      shown.querySelector("progress").value = at.loaded / at.total;
      shown.querySelector("output").textContent = `${Math.floor((100 * at.loaded) / at.total)}%`;
    };
    request.onload = () => {
      const wrong = request.response?.querySelector(".wrong");
      if (!wrong) {
        location.assign(request.responseURL);
        return;
      }
      // The form stays, its list chosen: only what was wrong is told.
      form.parentElement.querySelector(".wrong")?.remove();
      form.before(wrong);
      wrong.scrollIntoView({ block: "center" });
      shown.hidden = true;
      button.disabled = false;
    };
    request.onerror = () => form.submit();
    button.disabled = true;
    request.responseType = "document";
    request.open("POST", form.action);
    request.send(new FormData(form));
  });
}

const live = document.querySelector("[data-live]");
if (live) setTimeout(follow, SECOND, live);
document.querySelectorAll("form[data-upload]").forEach(upload);
