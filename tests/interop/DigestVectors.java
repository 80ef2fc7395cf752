import java.util.*;
import javax.security.auth.callback.*;
import javax.security.sasl.*;

/**
 * DIGEST-MD5 by the JDK, both ends of it: prints an exchange and wrapped buffers for each layer, as JSON lines.
 *
 * java -Dfile.encoding=UTF-8 -Dstdout.encoding=UTF-8 DigestVectors.java >../tests/link/digest_md5.jsonl   (OpenJDK 17)
 */
public class DigestVectors {
    static String hex(byte[] b) { return HexFormat.of().formatHex(b); }
    public static void main(String[] a) throws Exception {
        String[][] layers = {{"auth-int", null}, {"auth-conf", "rc4-40"}, {"auth-conf", "des"}, {"auth-conf", "rc4-56"}, {"auth-conf", "3des"}, {"auth-conf", "rc4"}};
        String[][] people = {{"tester", "secret"}, {"j\u00f6rg", "p\u00e4ssw\u00f6rd"}};
        for (String[] person : people)
        for (String[] layer : layers) {
            CallbackHandler h = cbs -> {
                for (Callback c : cbs) {
                    if (c instanceof NameCallback n) n.setName(person[0]);
                    else if (c instanceof PasswordCallback p) p.setPassword(person[1].toCharArray());
                    else if (c instanceof RealmCallback r) r.setText(r.getDefaultText());
                    else if (c instanceof RealmChoiceCallback r) r.setSelectedIndex(0);
                    else if (c instanceof AuthorizeCallback z) z.setAuthorized(true);
                }
            };
            Map<String, Object> p = new HashMap<>();
            p.put(Sasl.QOP, layer[0]);
            p.put("com.sun.security.sasl.digest.utf8", "true");
            if (layer[1] != null) p.put("com.sun.security.sasl.digest.cipher", layer[1]);
            Map<String, Object> sp = new HashMap<>(p);
            sp.put("com.sun.security.sasl.digest.realm", "realm");
            SaslServer s = Sasl.createSaslServer("DIGEST-MD5", "spice", "host", sp, h);
            SaslClient c = Sasl.createSaslClient(new String[]{"DIGEST-MD5"}, null, "spice", "host", p, h);
            byte[] challenge = s.evaluateResponse(new byte[0]);
            byte[] response = c.evaluateChallenge(challenge);
            byte[] proof = s.evaluateResponse(response);
            c.evaluateChallenge(proof);
            StringBuilder out = new StringBuilder();
            out.append("{\"layer\": \"").append(layer[0]).append("\", \"cipher\": ").append(layer[1] == null ? "null" : "\"" + layer[1] + "\"");
            out.append(", \"user\": \"").append(person[0]).append("\", \"password\": \"").append(person[1]).append("\"");
            out.append(", \"challenge\": \"").append(hex(challenge)).append("\", \"response\": \"").append(hex(response)).append("\", \"proof\": \"").append(hex(proof)).append("\"");
            for (int side = 0; side < 2; side++) {
                out.append(side == 0 ? ", \"to_server\": [" : ", \"to_client\": [");
                int[] lens = {1, 4, 5, 6, 7, 38, 200};
                for (int i = 0; i < lens.length; i++) {
                    byte[] plain = new byte[lens[i]];
                    for (int k = 0; k < plain.length; k++) plain[k] = (byte) (k * 7 + i + side);
                    byte[] w = side == 0 ? c.wrap(plain, 0, plain.length) : s.wrap(plain, 0, plain.length);
                    byte[] back = side == 0 ? s.unwrap(w, 0, w.length) : c.unwrap(w, 0, w.length);
                    if (!Arrays.equals(back, plain)) throw new Exception("not the same");
                    out.append(i == 0 ? "" : ", ").append("[\"").append(hex(plain)).append("\", \"").append(hex(w)).append("\"]");
                }
                out.append("]");
            }
            System.out.println(out.append("}"));
        }
    }
}
