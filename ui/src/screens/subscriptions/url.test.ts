import { expect, test } from "vitest";
import { hostOf, isPrivate, suggestName, urlError } from "./url";

test("a URL that can be delivered to has no trouble, nor has an empty field", () => {
  for (const url of ["", "  ", "https://example.com/hooks?x=1", "http://127.0.0.1:9000/in"]) {
    expect(urlError(url)).toBeUndefined();
  }
});

test("every other URL has an error", () => {
  expect(urlError("example.com/hooks")).toContain("complete URL");
  expect(urlError("ftp://example.com")).toContain("http://");
  expect(urlError("https://me:pw@example.com")).toContain("header");
  expect(urlError("https://example.com/#part")).toContain("#");
});

test("a platform that delivers to https only still takes this machine", () => {
  const platform = { title: "Track360", https_only: true };
  expect(urlError("http://example.com", platform)).toContain("Track360");
  expect(urlError("http://localhost:3000", platform)).toBeUndefined();
});

test("private networks are recognised, public addresses are not taken for them", () => {
  for (const host of ["10.1.2.3", "172.31.0.1", "192.168.0.9", "100.64.0.1", "[fd12::1]"]) {
    expect(isPrivate(host), host).toBe(true);
  }
  for (const host of ["127.0.0.1", "172.32.0.1", "8.8.8.8", "100.128.0.1", "fd.example.com"]) {
    expect(isPrivate(host), host).toBe(false);
  }
});

test("the name comes from the telling parts of the host", () => {
  expect(suggestName("https://crm.northwind.example/hooks")).toBe("Crm northwind");
  expect(suggestName("https://hooks.my-shop.com")).toBe("My shop");
  expect(suggestName("http://127.0.0.1:9000/in")).toBe("This machine, port 9000");
  expect(suggestName("https://203.0.113.7/x")).toBe("203.0.113.7");
  expect(suggestName("not a url")).toBe("");
  expect(hostOf("https://example.com:8443/x")).toBe("example.com:8443");
});
