package org.jcontainerd.daemon.registry;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.StringReader;
import java.net.Socket;
import java.net.http.HttpClient;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.cert.Certificate;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509ExtendedTrustManager;
import javax.net.ssl.X509TrustManager;
import org.bouncycastle.asn1.pkcs.PrivateKeyInfo;
import org.bouncycastle.openssl.PEMKeyPair;
import org.bouncycastle.openssl.PEMParser;
import org.bouncycastle.openssl.jcajce.JcaPEMKeyConverter;
import org.jcontainerd.daemon.registry.RegistryEndpoint.ClientCertificate;
import org.jcontainerd.daemon.registry.RegistryEndpoint.Tls;

/** Turns what {@code hosts.toml} says about trust into a TLS context. */
final class TlsContext {
  private static final char[] NO_PASSWORD = {};

  private TlsContext() {}

  static void apply(Tls tls, HttpClient.Builder builder) throws IOException {
    if (tls.equals(Tls.SYSTEM)) {
      return;
    }
    try {
      var context = SSLContext.getInstance("TLS");
      context.init(keyManagers(tls), trustManagers(tls), null);
      HttpClient.Builder _ = builder.sslContext(context);
    } catch (GeneralSecurityException e) {
      throw new IOException("set up TLS: " + e.getMessage(), e);
    }
  }

  private static TrustManager[] trustManagers(Tls tls)
      throws IOException, GeneralSecurityException {
    if (tls.skipVerify()) {
      return new TrustManager[] {new TrustAnything()};
    }
    var store = emptyStore();
    int count = 0;
    for (var file : tls.authorities()) {
      for (var certificate : certificates(file)) {
        store.setCertificateEntry("ca" + count++, certificate);
      }
    }
    for (var issuer : systemAuthorities()) {
      store.setCertificateEntry("system" + count++, issuer);
    }
    var factory = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    factory.init(store);
    return factory.getTrustManagers();
  }

  private static X509Certificate[] systemAuthorities() throws GeneralSecurityException {
    var factory = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    factory.init((KeyStore) null);
    for (var manager : factory.getTrustManagers()) {
      if (manager instanceof X509TrustManager x509) {
        return x509.getAcceptedIssuers();
      }
    }
    return new X509Certificate[0];
  }

  private static javax.net.ssl.KeyManager[] keyManagers(Tls tls)
      throws IOException, GeneralSecurityException {
    var store = emptyStore();
    int count = 0;
    for (var client : tls.clientCertificates()) {
      var chain = certificates(client.certificate()).toArray(Certificate[]::new);
      store.setKeyEntry("client" + count++, privateKey(client), NO_PASSWORD, chain);
    }
    var factory = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
    factory.init(store, NO_PASSWORD);
    return factory.getKeyManagers();
  }

  private static KeyStore emptyStore() throws IOException, GeneralSecurityException {
    var store = KeyStore.getInstance("PKCS12");
    store.load(null, NO_PASSWORD);
    return store;
  }

  private static java.util.Collection<? extends Certificate> certificates(Path file)
      throws IOException, CertificateException {
    var bytes = Files.readAllBytes(file);
    try {
      var found =
          CertificateFactory.getInstance("X.509")
              .generateCertificates(new ByteArrayInputStream(bytes));
      if (found.isEmpty()) {
        throw new IOException("read '" + file + "': has no certificate");
      }
      return found;
    } catch (CertificateException e) {
      throw new IOException("read '" + file + "': " + e.getMessage(), e);
    }
  }

  private static PrivateKey privateKey(ClientCertificate client) throws IOException {
    var file = client.key().orElse(client.certificate());
    var text = Files.readString(file, StandardCharsets.US_ASCII);
    try (var parser = new PEMParser(new StringReader(text))) {
      var converter = new JcaPEMKeyConverter();
      for (var object = parser.readObject(); object != null; object = parser.readObject()) {
        if (object instanceof PEMKeyPair pair) {
          return converter.getPrivateKey(pair.getPrivateKeyInfo());
        } else if (object instanceof PrivateKeyInfo info) {
          return converter.getPrivateKey(info);
        }
      }
    }
    throw new IOException("read '" + file + "': has no private key without password");
  }

  /** For skip_verify: neither the chain nor the name is checked. */
  private static final class TrustAnything extends X509ExtendedTrustManager {
    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type, Socket socket) {}

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type, Socket socket) {}

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type, SSLEngine engine) {}

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type, SSLEngine engine) {}

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type) {}

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type) {}

    @Override
    public X509Certificate[] getAcceptedIssuers() {
      return new X509Certificate[0];
    }
  }
}
